/**
 * lower, part: the chains that pick an endpoint and send the packet there.
 */
import { inetNtop } from '../../../ip.js';
import type { Endpoint } from '../../../resolve/types.js';
import type { Chain, NamedSet, Rule } from '../../../tools/nft/types.js';
import { endpointNames } from '../names.js';
import { type NamedPort, ofProtocol } from './port.js';
import { addressType, elements, goto, inSet, random, rule, saddr } from './statements.js';

/** One chain for each policy that has endpoints. */
export function policyChains(named: NamedPort): readonly Chain[] {
  const { chains, port } = named;
  const policies = [
    { name: chains.cluster, endpoints: port.endpoints.cluster },
    { name: chains.local, endpoints: port.endpoints.local },
  ];
  return policies
    .filter(({ endpoints }) => endpoints.length > 0)
    .map(({ name, endpoints }) => ({
      name,
      rules: () => (port.affinity ? sticky(named, endpoints) : [balance(named, endpoints)]),
      origin: port.origin,
      owner: port.name,
    }));
}

/** One endpoint for each connection, all equally likely. */
function balance(named: NamedPort, endpoints: readonly Endpoint[]): Rule {
  const entries = endpoints.map(({ ip, port }, i) => ({ key: String(i), data: `${inetNtop(ip)} . ${port}` }));
  const to = { kind: 'map', key: random(endpoints.length), map: { kind: 'inline', entries } } as const;
  return rule([ofProtocol(named), { kind: 'dnat', to, flags: [] }]);
}

/** A client first tries the endpoint it had. */
function sticky({ port, context }: NamedPort, endpoints: readonly Endpoint[]): readonly Rule[] {
  const names = endpoints.map((endpoint) => endpointNames(port.name, endpoint));
  const entries = names.map(({ chain }, i) => ({ key: String(i), data: `goto ${chain}` }));
  return [
    ...names.map(({ chain, clients }) => rule([inSet(saddr(context), clients), goto(chain)])),
    rule([{ kind: 'vmap', key: random(endpoints.length), map: { kind: 'inline', entries } }]),
  ];
}

/** With session affinity: DNAT to one endpoint, after the client is remembered. */
export function endpointChains(named: NamedPort): readonly Chain[] {
  const { port, context } = named;
  if (!port.affinity) return [];
  return port.endpoints.reachable.map((endpoint) => {
    const { chain, clients } = endpointNames(port.name, endpoint);
    const to = { kind: 'address', ip: inetNtop(endpoint.ip), port: endpoint.port } as const;
    return {
      name: chain,
      rules: () => [
        rule([{ kind: 'set', operation: 'update', set: clients, key: saddr(context) }]),
        rule([ofProtocol(named), { kind: 'dnat', to, flags: [] }]),
      ],
      origin: port.origin,
      owner: port.name,
    };
  });
}

/** With session affinity: the clients of each endpoint, filled by packets. */
export function clientSets({ port, context }: NamedPort): readonly NamedSet[] {
  const { affinity } = port;
  if (!affinity) return [];
  return port.endpoints.reachable.map((endpoint) => ({
    kind: 'set',
    name: endpointNames(port.name, endpoint).clients,
    key: addressType(context),
    by: 'type',
    flags: ['dynamic', 'timeout'],
    timeout: affinity.timeoutSeconds,
    elements: elements([]),
    origin: port.origin,
    owner: port.name,
  }));
}
