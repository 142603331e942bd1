/**
 * lower, part: one ServicePort → its elements in the sets that all share, and its own chains and sets.
 */
import { inetNtop } from '../../../ip.js';
import type { Frontend, ServicePort } from '../../../resolve/types.js';
import { formatServicePortName } from '../../../resolve/types.js';
import type { Chain, Element, NamedSet } from '../../../tools/nft/types.js';
import { L4 } from '../../shared/l4.js';
import type { Context } from '../context.js';
import { CHAIN, SET, serviceChains } from '../names.js';
import { clientSets, endpointChains, policyChains } from './endpoints.js';
import { externalChains } from './external.js';
import type { NamedPort } from './port.js';

/** An element, and the set that it belongs to. */
export interface Placed {
  readonly set: string;
  readonly element: Element;
}

export interface LoweredPort {
  readonly shared: readonly Placed[];
  readonly sets: readonly NamedSet[];
  readonly chains: readonly Chain[];
}

/** All that serves `port`; it depends only on the port and the context. */
export function lowerServicePort(port: ServicePort, context: Context): LoweredPort {
  const named: NamedPort = { port, protocol: L4[port.name.protocol], chains: serviceChains(port.name), context };
  return {
    shared: [...port.frontends.flatMap((frontend) => frontendElements(named, frontend)), ...hairpins(named)],
    sets: clientSets(named),
    chains: [...policyChains(named), ...externalChains(named), ...endpointChains(named)],
  };
}

/** How to get to the frontend, or how packets end that are for it. */
export function frontendElements(named: NamedPort, frontend: Frontend): readonly Placed[] {
  const { port, protocol, chains } = named;
  const { kind, ip, policy, whenEmpty, sourceRanges } = frontend;
  const address = ip === undefined ? undefined : inetNtop(ip);
  const key = `${address === undefined ? '' : `${address} . `}${protocol} . ${frontend.port}`;
  const whose = { origin: port.origin, owner: port.name };
  const placed: Placed[] = [];
  const add = (set: string, data: string, comment?: string) =>
    placed.push({ set, element: { key, data, ...(comment !== undefined && { comment }), ...whose } });

  if (kind === 'ClusterIP' && address !== undefined)
    placed.push({ set: SET.clusterIPs, element: { key: address, ...whose } });
  // Under an empty Local policy the entrance stays, for traffic of this node and its pods. Not for a ClusterIP: its
  // Local policy applies to exactly that traffic.
  if (whenEmpty === undefined || (whenEmpty === 'drop' && kind !== 'ClusterIP')) {
    const entrance = kind !== 'ClusterIP' ? chains.external : policy === 'Local' ? chains.local : chains.cluster;
    add(ip === undefined ? SET.serviceNodePorts : SET.serviceIPs, `goto ${entrance}`);
  }
  if (whenEmpty) {
    const set = ip === undefined ? SET.noEndpointNodePorts : SET.noEndpointServices;
    add(set, whenEmpty === 'drop' ? 'drop' : `goto ${CHAIN.reject}`, elementComment(formatServicePortName(port.name)));
  }
  if (sourceRanges) add(SET.firewallIPs, `goto ${chains.firewall}`);
  return placed;
}

/** Connections of a pod on this node to itself, which must be masqueraded so that their replies come back here. */
export function hairpins({ port, protocol }: NamedPort): readonly Placed[] {
  const local = port.endpoints.reachable.filter((endpoint) => endpoint.local);
  return local.map((endpoint) => {
    const ip = inetNtop(endpoint.ip);
    const key = `${ip} . ${ip} . ${protocol} . ${endpoint.port}`;
    return { set: SET.hairpin, element: { key, origin: port.origin, owner: port.name } };
  });
}

/** The kernel refuses longer comments, and with one all other changes of a transaction (k/k#139515). */
const MAX_COMMENT_BYTES = 128;

/** `text`, cut between two characters. */
export function elementComment(text: string): string {
  const bytes = new Uint8Array(MAX_COMMENT_BYTES);
  const { read } = new TextEncoder().encodeInto(text, bytes);
  return text.slice(0, read);
}
