/**
 * stale: tracked UDP connections to endpoints that are gone. A flow keeps the address translation of its first packet
 * as long as packets keep coming, so a client that never pauses would send to a missing endpoint forever (k/k#125467,
 * k/k#139628; kube-proxy's pkg/proxy/conntrack). TCP and SCTP connections end by themselves.
 */
import type { Family } from '../../ip.js';
import type { Flow } from './flows.js';

/** Where UDP flows may lead from now on. */
export interface ServedFlows {
  /** By address and port (see servedKey): the endpoints that may answer; empty when the address is not served. */
  readonly endpoints: ReadonlyMap<string, ReadonlySet<string>>;
  /** Addresses of the node; its node ports are listed under ANY_ADDRESS. */
  readonly local: ReadonlySet<string>;
}

/** Stands for any address of the node. In the two families a node port leads to different endpoints. */
export const ANY_ADDRESS: Readonly<Record<Family, string>> = { ipv4: '0.0.0.0', ipv6: '::' };

/** The key of an address and port. */
export function servedKey(ip: string, port: number): string {
  return `${ip} ${port}`;
}

/** The flows to delete. */
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
