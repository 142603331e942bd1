/**
 * The order of elements in the canonical text: field by field, addresses and numbers by value. Versions of nft list
 * elements in different orders.
 */
import { parseIp } from '../../ip.js';

/** `items` in the order of their keys; those with the same key keep theirs. */
export function inKeyOrder<T>(items: Iterable<T>, key: (item: T) => string): readonly T[] {
  const ranked = [...items].map((item) => ({ item, rank: rank(key(item)) }));
  if (ranked.length > 1) ranked.sort((a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0));
  return ranked.map(({ item }) => item);
}

/** A text that sorts as the key does. */
function rank(key: string): string {
  return key.split(' . ').map(fieldRank).join('\u0001');
}

function fieldRank(field: string): string {
  const known = RANKS.get(field);
  if (known !== undefined) return number(known);
  const [, first = '', rest = ''] = /^([^-/]*)(.*)$/.exec(field) ?? [];
  if (/^\d+$/.test(first)) return `${number(Number(first))}${rest}`;
  if (/^0x[0-9a-f]+$/i.test(first)) return `${number(Number.parseInt(first, 16))}${rest}`;
  const ip = parseIp(first);
  if (!ip) return `~${field}`;
  return `${ip.bytes.length}${ip.bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')}${rest}`;
}

function number(value: number): string {
  return value.toString().padStart(15, '0');
}

/** Names that nft sorts by their number: protocols and states of connections. */
const RANKS: ReadonlyMap<string, number> = new Map([
  ['icmp', 1],
  ['tcp', 6],
  ['udp', 17],
  ['icmpv6', 58],
  ['ipv6-icmp', 58],
  ['sctp', 132],
  ['invalid', 1],
  ['established', 2],
  ['related', 4],
  ['new', 8],
  ['untracked', 64],
]);
