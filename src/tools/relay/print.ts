/**
 * print: listeners → Text, the language that a relay reads and `relay.txt` is written in: a line for each listener, and
 * below it what it serves.
 *
 *     listen tcp 0.0.0.0:23817 default/web:http Cluster
 *       frontend ClusterIP 10.96.0.41:80
 *       frontend NodePort *:30080
 *       client 192.0.2.0/24
 *       affinity 10800
 *       endpoint 10.244.1.5:8080
 */
import { joinHostPort } from '../../ip.js';
import type { JsonObject } from '../../json.js';
import { ownerName } from '../../owner.js';
import type { Line } from '../../text.js';
import { type Listener, listenerKey, type RelayEndpoint, type RelayFrontend } from './types.js';

/** All listeners, in the order given. */
export function* print(listeners: readonly Listener[]): Generator<Line> {
  for (const listener of listeners) yield* printListener(listener);
}

/** One listener. */
export function* printListener(listener: Listener): Generator<Line> {
  const { owner, origin, policy, frontends, clients = [], affinity, idle, endpoints } = listener;
  const line = (text: string): Line => ({ text, origin, owner });
  yield line(`listen ${listenerKey(listener)} ${ownerName(owner)} ${policy}`);
  for (const frontend of frontends) yield line(`  frontend ${frontend.kind} ${printFrontend(frontend)}`);
  for (const client of clients) yield line(`  client ${client}`);
  if (affinity !== undefined) yield line(`  affinity ${affinity}`);
  if (idle !== undefined) yield line(`  idle ${idle}`);
  for (const endpoint of endpoints) yield line(`  ${printRelayEndpoint(endpoint)}`);
}

/** `10.96.0.41:80`, or `*:30080` for a node port. */
function printFrontend({ ip, port }: RelayFrontend): string {
  return ip === undefined ? `*:${port}` : joinHostPort(ip, port);
}

/** `endpoint 10.244.1.5:8080` */
export function printRelayEndpoint({ ip, port }: RelayEndpoint): string {
  return `endpoint ${joinHostPort(ip, port)}`;
}

/** The listeners as data for JSON. */
export function toData(listeners: readonly Listener[]): JsonObject {
  return {
    listeners: listeners.map(({ origin, owner, ...listener }) => ({
      ...listener,
      service: ownerName(owner),
      object: origin?.object,
    })),
  };
}
