/**
 * Flows: tracked UDP connections that lead to an endpoint which is gone. A flow keeps the address translation of its first
 * packet for as long as packets come, so a client that never pauses would talk to nobody for ever (k/k#125467,
 * k/k#139628; kube-proxy's pkg/proxy/conntrack). TCP ends by itself, and SCTP with its association.
 */
import type { Resolved } from '../backends/backend.js';
import type { Family } from '../ip.js';
import type { Flow } from '../tools/conntrack.js';
import type { Live } from './live.js';
import type { Differences } from './plan.js';

/** Which of `flows` to delete once `resolved` is served where `live` was. */
export function staleFlows(
  flows: readonly Flow[],
  resolved: readonly Resolved[],
  live: Live,
  differences: Differences,
): readonly Flow[] {
  const served = servedBy(resolved);
  for (const key of formerly(differences)) if (!served.has(key)) served.set(key, NOBODY);
  if (served.size === 0) return [];
  const local = new Set(live.links.flatMap(({ addresses }) => addresses.map(({ ip }) => ip)));
  return flows.filter((flow) => {
    const { protocol, destination, destinationPort, replySource, replySourcePort } = flow;
    if (protocol !== 'udp') return false;
    const servers =
      served.get(keyOf(destination, destinationPort)) ??
      (local.has(destination) ? served.get(keyOf(NODE[familyOf(destination)], destinationPort)) : undefined);
    return servers !== undefined && !servers.has(keyOf(replySource, replySourcePort));
  });
}

/** Whether `resolved` has what flows could be stale for. */
export function hasUdp(resolved: readonly Resolved[]): boolean {
  return resolved.some(({ ports }) => ports.some(({ name }) => name.protocol === 'UDP'));
}

/** Stands for any address of the node. A node port leads to other endpoints in the other family. */
const NODE: Readonly<Record<Family, string>> = { ipv4: '0.0.0.0', ipv6: '::' };
const NOBODY: ReadonlySet<string> = new Set();

function familyOf(ip: string): Family {
  return ip.includes(':') ? 'ipv6' : 'ipv4';
}

function keyOf(ip: string, port: number): string {
  return `${ip} ${port}`;
}

/** Who may answer what was sent to each address and port. */
function servedBy(resolved: readonly Resolved[]): Map<string, ReadonlySet<string>> {
  const served = new Map<string, ReadonlySet<string>>();
  for (const port of resolved.flatMap(({ ports }) => ports)) {
    if (port.name.protocol !== 'UDP') continue;
    const servers = new Set(port.endpoints.serving.map(({ ip, port: number }) => keyOf(ip, number)));
    for (const { ip = NODE[port.family], port: number } of port.frontends) served.set(keyOf(ip, number), servers);
  }
  return served;
}

/** Addresses and ports that a rule or virtual server led to endpoints from, until now. */
function formerly({ rules, ipvs }: Differences): readonly string[] {
  const ruled = rules.flatMap(({ family, tables }) => {
    const chains = tables.filter(({ name }) => name === 'nat').flatMap(({ chains }) => chains);
    const entrances = chains.filter(({ name }) => name === 'KUBE-SERVICES' || name === 'KUBE-NODEPORTS');
    return entrances.flatMap(({ before = [] }) => before.flatMap((line) => destinationOf(line, family) ?? []));
  });
  return [
    ...ruled,
    ...ipvs.servers.flatMap(({ before }) => (before?.protocol === 'udp' ? [keyOf(before.address, before.port)] : [])),
  ];
}

function destinationOf(line: string, family: Family): string | undefined {
  const [, ip] = / -d (\S+)\/(?:32|128) /.exec(line) ?? [];
  const [, port] = / -m udp --dport (\d+) -j KUBE-/.exec(line) ?? [];
  return port === undefined ? undefined : keyOf(ip ?? NODE[family], Number(port));
}
