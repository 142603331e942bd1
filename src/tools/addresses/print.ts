/**
 * print: a dummy device and its addresses → Text for `ip -batch`; with `-force` it can be loaded twice.
 */
import { inetNtop } from '../../ip.js';
import type { JsonObject } from '../../json.js';
import type { Line } from '../../text.js';
import type { Addresses } from './types.js';

/** Commands of ip(8), one per line. The device stays down, as kube-proxy leaves it; its addresses are local even so. */
export function* print({ device, create, addresses }: Addresses): Generator<Line> {
  if (create) yield { text: `link add ${device} type dummy` };
  for (const { ip, origin } of addresses) {
    yield { text: `address add ${inetNtop(ip)}/${ip.includes(':') ? 128 : 32} dev ${device}`, origin };
  }
}

/** The same as data for JSON. */
export function toData({ device, addresses }: Addresses): JsonObject {
  return { device, addresses: addresses.map(({ ip, origin }) => ({ ip, object: origin?.object })) };
}
