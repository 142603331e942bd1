/**
 * lower, part: the names and rule fragments of one ServicePort that several lowering functions use, computed once.
 */

import { type Endpoint, type Frontend, formatServicePortName, type ServicePort } from '../../../resolve/types.js';
import { comment, type Header, host, is, type L4Protocol, type Match } from '../../../tools/iptables/types.js';
import { L4 } from '../../shared/l4.js';
import type { ServiceChains } from '../../shared/service-chains.js';
import { endpointChain, serviceChains } from '../names.js';
import type { Context } from './context.js';

export interface NamedPort {
  readonly port: ServicePort;
  /** `default/web:http` */
  readonly text: string;
  readonly protocol: L4Protocol;
  readonly chains: ServiceChains;
  /** Made at the first question: a hash for each endpoint, which not every layout needs. */
  readonly endpointChains: () => ReadonlyMap<Endpoint, string>;
  readonly context: Context;
}

/** `port` with its names. */
export function namePort(port: ServicePort, context: Context): NamedPort {
  const { name, endpoints } = port;
  let found: ReadonlyMap<Endpoint, string> | undefined;
  return {
    port,
    text: formatServicePortName(name),
    protocol: L4[name.protocol],
    chains: serviceChains(name),
    endpointChains: () => {
      found ??= new Map(endpoints.reachable.map((endpoint) => [endpoint, endpointChain(name, endpoint)]));
      return found;
    },
    context,
  };
}

/** The chain with the endpoints of the frontend's policy. */
export function policyChain({ policy }: Frontend, chains: ServiceChains): string {
  return policy === 'Cluster' ? chains.cluster : chains.local;
}

/** The parts of a rule that match packets to the frontend: header, and port match. */
export function toFrontend({ protocol }: NamedPort, { ip, port }: Frontend): { header: Header; l4: Match } {
  const destination = ip === undefined ? {} : { destination: is(host(ip)) };
  return { header: { ...destination, protocol }, l4: { kind: 'l4', protocol, destinationPort: port } };
}

/** The comment of a rule that exists once per endpoint; none in a large cluster. */
export function endpointComment({ context }: NamedPort, text: string): readonly Match[] {
  return context.endpointComments ? [comment(text)] : [];
}
