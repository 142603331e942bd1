/**
 * stale: tracked UDP connections that lead to an endpoint which is gone. A flow keeps the address translation of its first
 * packet for as long as packets come, so a client that never pauses would talk to a missing endpoint for ever (k/k#125467,
 * k/k#139628; kube-proxy's pkg/proxy/conntrack). TCP ends by itself, and SCTP with its association.
 */
import type { Family } from '../../ip.js';
import type { Flow } from './flows.js';

/** What UDP flows lead to from now on. */
export interface ServedFlows {
  /** By address and port (see servedKey): which endpoints may answer what was sent there; none when nothing is served. */
  readonly endpoints: ReadonlyMap<string, ReadonlySet<string>>;
  /** Addresses of the node, whose node ports stand under ANY_ADDRESS. */
  readonly local: ReadonlySet<string>;
}

/** Stands for any address of the node. A node port leads to other endpoints in the other family. */
export const ANY_ADDRESS: Readonly<Record<Family, string>> = { ipv4: '0.0.0.0', ipv6: '::' };

/** The key of an address and port. */
export function servedKey(ip: string, port: number): string {
  return `${ip} ${port}`;
}

/** Which of `flows` to delete. */
export function staleFlows(flows: readonly Flow[], { endpoints, local }: ServedFlows): readonly Flow[] {
  return flows.filter((flow) => {
    const { protocol, destination, destinationPort, replySource, replySourcePort } = flow;
    if (protocol !== 'udp') return false;
    const nodePort = local.has(destination)
      ? endpoints.get(servedKey(ANY_ADDRESS[destination.includes(':') ? 'ipv6' : 'ipv4'], destinationPort))
      : undefined;
    const servers = endpoints.get(servedKey(destination, destinationPort)) ?? nodePort;
    return servers !== undefined && !servers.has(servedKey(replySource, replySourcePort));
  });
}
