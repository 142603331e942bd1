/**
 * relay: a connection that comes to a listener of the relay → the endpoints to which it may connect.
 */
import { contains, familyOf, parseCidr, parseIp } from '../ip.js';
import { printRelayEndpoint } from '../tools/relay/print.js';
import { type Listener, listenerKey } from '../tools/relay/types.js';
import { type Branch, stepped, type Trail } from './branch.js';
import { fraction, times } from './fraction.js';
import type { Flow } from './packet.js';
import { translated } from './targets.js';

/** Listeners by protocol and port; one of all addresses takes what comes to any of the node's. */
export function listenersOf(listeners: readonly Listener[]): (flow: Flow) => Listener | undefined {
  const byPort = new Map<string, readonly Listener[]>();
  for (const each of listeners) {
    const key = `${each.protocol} ${each.port}`;
    byPort.set(key, [...(byPort.get(key) ?? []), each]);
  }
  return ({ protocol, destination, destinationPort, family }) =>
    byPort
      .get(`${protocol} ${destinationPort}`)
      ?.find(({ address }) => address === destination.text || (familyOf(address) === family && ANY.has(address)));
}

const ANY: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/** A branch for each endpoint, which take turns; none when the relay refuses the connection. */
export function relayed(listener: Listener, branch: Branch): readonly Branch[] {
  if (!isServed(listener, branch.flow)) return [];
  const { endpoints } = listener;
  return endpoints.flatMap((endpoint) => {
    const ip = parseIp(endpoint.ip);
    if (!ip) return [];
    const flow: Flow = { ...translated(branch.flow, ip, endpoint.port), sourceNat: 'masquerade' };
    return [
      {
        ...branch,
        trail: relayTrail(listener, branch, printRelayEndpoint(endpoint)),
        flow: listener.affinity === undefined ? flow : { ...flow, affinity: listenerKey(listener) },
        weight: times(branch.weight, fraction(1n, BigInt(endpoints.length))),
      },
    ];
  });
}

/** The trail of a connection that the relay takes, or with no endpoint refuses. */
export function relayTrail(listener: Listener, branch: Branch, endpoint = ''): Trail {
  const chain = `listen ${listenerKey(listener)}`;
  const text = endpoint === '' ? chain : `${chain} ${endpoint}`;
  return stepped({ hook: 'INPUT', table: 'relay', chain, rule: 0, text, owner: listener.owner, passed: 0 }, branch);
}

function isServed({ clients }: Listener, { source }: Flow): boolean {
  if (!clients) return true;
  return clients.some((text) => {
    const cidr = parseCidr(text);
    return cidr?.family === source.family && contains(cidr, source);
  });
}
