/**
 * ranges: lists of ports and addresses as iptables-extensions(8) writes them.
 */
import { type Ip, parseIp } from '../ip.js';

/** The range `80`, `1000:2000`, `:1023` or `1024:`; undefined if the text is none. */
export function portRange(text: string): readonly [number, number] | undefined {
  const [, from, colon, to] = /^(\d{1,5})?(:)?(\d{1,5})?$/.exec(text) ?? [];
  if (from === undefined && colon === undefined) return undefined;
  const low = from === undefined ? 0 : Number(from);
  const high = colon === undefined ? low : to === undefined ? 65535 : Number(to);
  return [low, high];
}

/** Whether a list such as `22,80,1000:2000` has `port`; undefined if the text is no list. */
export function portsHave(list: string, port: number): boolean | undefined {
  let found = false;
  for (const item of list.split(',')) {
    const range = portRange(item);
    if (!range) return undefined;
    found ||= port >= range[0] && port <= range[1];
  }
  return found;
}

/** Whether `ip` is in a range such as `10.0.0.1-10.0.0.9`; undefined if the text is no range, or there is no address. */
export function addressesHave(text: string, ip: Ip | undefined): boolean | undefined {
  const [from, to = from] = text.split('-').map((part) => parseIp(part));
  if (!from || !to || !ip) return undefined;
  if (from.family !== ip.family || to.family !== ip.family) return false;
  return compare(from.bytes, ip.bytes) <= 0 && compare(ip.bytes, to.bytes) <= 0;
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [i, byte] of a.entries()) if (byte !== b[i]) return byte - (b[i] ?? 0);
  return 0;
}
