/**
 * explain, faults: Nodes that are not ready, host ports.
 */
import { type About, count, finding, isAlive, type Listed, some } from '../about.js';
import type { Finding } from '../types.js';

/** Usable endpoints on Nodes that are not ready, or not in the snapshot. */
export function nodeFaults({ snapshot, endpoints, service }: About): readonly Finding[] {
  if (snapshot.nodes.length === 0) return [];
  const ready = new Map(snapshot.nodes.map(({ metadata, ready }) => [metadata.name, ready]));
  const usable = endpoints.filter((each) => each.usable && each.endpoint.nodeName);
  const lost = usable.filter(({ endpoint: { nodeName = '' } }) => ready.get(nodeName) !== true);
  const [first] = lost;
  if (!first) return [];
  const name = first.endpoint.nodeName ?? '';
  const state = ready.has(name) ? 'is not ready' : 'is not in the snapshot (gone?)';
  const which =
    lost.length === usable.length
      ? 'all its endpoints are'
      : `${count(lost.length, 'endpoint')} of ${usable.length} ${lost.length === 1 ? 'is' : 'are'}`;
  const message = `${which} on ${nodesOf(lost)}: Node ${name} ${state}, and connections to ${first.address} may get no answer`;
  const fix = `kubectl describe node ${name}; delete its pods if it does not come back: kubectl drain ${name} --force --ignore-daemonsets`;
  // An input with a single Node may leave out the others.
  const effect = lost.length === usable.length ? 'nobody' : 'some';
  const severity = snapshot.nodes.length > 1 || ready.has(name) ? 'problem' : 'remark';
  return [finding('node', effect, message, fix, first.slice.origin ?? service.origin, severity)];
}

function nodesOf(endpoints: readonly Listed[]): string {
  return some(endpoints.map(({ endpoint }) => `node ${endpoint.nodeName}`));
}

/** Two hostNetwork Pods of a node with the same port: only one can listen. Also host-port-conflict of lint. */
export function hostPortFaults({ snapshot, selected, service, said }: About): readonly Finding[] {
  const ports = new Set(service.spec.ports.map(({ targetPort }) => targetPort));
  const mine = selected.filter(({ spec, status }) => spec.hostNetwork && status.phase !== 'Succeeded');
  const found = mine.flatMap((pod) => {
    const used = pod.spec.ports.filter(({ port, name }) => ports.has(port) || ports.has(name));
    const rival = snapshot.pods.find(
      (other) =>
        other !== pod &&
        isAlive(other) &&
        other.spec.hostNetwork &&
        other.spec.nodeName === pod.spec.nodeName &&
        !mine.includes(other) &&
        other.spec.ports.some(({ port, protocol }) =>
          used.some((each) => each.port === port && each.protocol === protocol),
        ),
    );
    if (!rival) return [];
    const [port] = used;
    const message = `pods ${pod.metadata.name} and ${rival.metadata.name} both have port ${port?.port}/${port?.protocol} of node ${pod.spec.nodeName} (hostNetwork): only one can listen there`;
    return [
      finding('host-port', 'some', message, 'give one of them another port, or take hostNetwork away', pod.origin),
    ];
  });
  const claimed = said
    .filter(({ code }) => code === 'host-port-conflict')
    .map(({ message, origin, hint }) => finding('host-port', 'some', message, hint ?? 'use another port', origin));
  return [...found, ...claimed];
}
