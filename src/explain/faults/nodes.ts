/**
 * explain, faults: Nodes that are not ready, traffic policy Local, host ports.
 */
import { isHeadless } from '../../read/types.js';
import { policiesOf } from '../../resolve/frontends.js';
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

/** Nodes that drop packets because a traffic policy is Local and they have no usable endpoint. */
export function localFaults({ snapshot, endpoints, service }: About): readonly Finding[] {
  const { type, clusterIPs, externalIPs } = service.spec;
  const usable = endpoints.filter((each) => each.usable);
  if (usable.length === 0 || type === 'ExternalName' || clusterIPs.length === 0 || isHeadless(service)) return [];
  const { internal, external } = policiesOf(service);
  const names = snapshot.nodes.map(({ metadata }) => metadata.name);
  const has = new Set(usable.flatMap(({ endpoint }) => endpoint.nodeName ?? []));
  const without = names.filter((name) => !has.has(name));
  const nowhere = names.length === 0 ? has.size === 0 : without.length === names.length;
  const why = has.size === 0 ? 'its endpoints say no nodeName' : `its endpoints are on ${some(has)}`;
  const found: Finding[] = [];
  const at = (field: string) => ({ ...service.origin, path: ['spec', field] });
  if (internal === 'Local' && (nowhere || without.length > 0)) {
    const where = nowhere
      ? 'no node has an endpoint'
      : `${some(without)} ${without.length === 1 ? 'has' : 'have'} no endpoint, and pods there are dropped`;
    found.push(
      finding(
        'internal-local',
        nowhere ? 'nobody' : 'some',
        `internalTrafficPolicy is Local, but ${where} (${why})`,
        LOCAL,
        at('internalTrafficPolicy'),
      ),
    );
  }
  const isOutside = type === 'NodePort' || type === 'LoadBalancer' || externalIPs.length > 0;
  if (external === 'Local' && isOutside && nowhere) {
    found.push(
      finding(
        'external-local',
        'some',
        `externalTrafficPolicy is Local, but no node has an endpoint (${why}): all clients outside are dropped`,
        LOCAL,
        at('externalTrafficPolicy'),
      ),
    );
  } else if (external === 'Local' && without.length > 0 && (type !== 'LoadBalancer' || externalIPs.length > 0)) {
    found.push(
      finding(
        'external-local',
        'some',
        `externalTrafficPolicy is Local: clients outside that ask ${some(without)} are dropped, as ${without.length === 1 ? 'it has' : 'they have'} no endpoint`,
        LOCAL,
        at('externalTrafficPolicy'),
      ),
    );
  }
  return found;
}

const LOCAL = 'set the policy to Cluster, or run an endpoint on every node that clients use (a DaemonSet)';

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
