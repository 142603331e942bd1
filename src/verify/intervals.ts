/**
 * intervals: the ranges that rules test → one value for each class of values that are in the same ranges.
 */
import { type Family, type Ip, ipOf, parseCidr, parseIp } from '../ip.js';

/** Includes both ends. */
export interface Range {
  readonly low: bigint;
  readonly high: bigint;
}

/** Ranges by `<low>-<high>`, without duplicates. */
export type Ranges = Map<string, Range>;

export function addRange(ranges: Ranges, low: bigint, high: bigint): void {
  ranges.set(`${low}-${high}`, { low, high });
}

/** Adds a network, an address or `FROM-TO`; ignores other texts, and those of the other family. */
export function addAddresses(ranges: Ranges, text: string, family: Family): void {
  const cidr = parseCidr(text);
  const [from = '', to = from] = text.split('-');
  const [first, last] = [parseIp(from), parseIp(to)];
  if (cidr?.family === family) {
    const low = toNumber(cidr.bytes);
    addRange(ranges, low, low + (1n << BigInt(cidr.bytes.length * 8 - cidr.prefix)) - 1n);
  } else if (first?.family === family && last) addRange(ranges, toNumber(first.bytes), toNumber(last.bytes));
}

/** One value of each class of the values 0 to `last`, one of `preferred` where possible. */
export function representatives(ranges: Ranges, last: bigint, preferred: readonly bigint[] = []): readonly bigint[] {
  const list = [...ranges.values()].filter(({ low, high }) => low <= high && low <= last);
  const events = list.flatMap(({ low, high }, id) => [
    { at: low, id, begins: true },
    { at: high + 1n, id, begins: false },
  ]);
  events.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const chosen = new Map<string, bigint>();
  const active = new Set<number>();
  const choose = (low: bigint, high: bigint) => {
    if (low > high) return;
    const signature = [...active].sort((a, b) => a - b).join();
    const better = preferred.find((value) => low <= value && value <= high);
    // The first address of a network is the network address; the second is a better example.
    if (better !== undefined || !chosen.has(signature))
      chosen.set(signature, better ?? (high > low + 1n ? low + 1n : low));
  };
  let from = 0n;
  for (const { at, id, begins } of events) {
    if (at > from) {
      choose(from, (at > last ? last + 1n : at) - 1n);
      from = at;
    }
    if (begins) active.add(id);
    else active.delete(id);
  }
  choose(from, last);
  return [...chosen.values()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

export const LAST_PORT = 65535n;

/** The last address of a family. */
export function lastAddress(family: Family): bigint {
  return (1n << BigInt(family === 'ipv4' ? 32 : 128)) - 1n;
}

export function toNumber(bytes: readonly number[]): bigint {
  return BigInt(`0x${bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')}`);
}

export function toIp(value: bigint, family: Family): Ip {
  const length = family === 'ipv4' ? 4 : 16;
  const hex = value.toString(16).padStart(length * 2, '0');
  return ipOf(Array.from({ length }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16)));
}
