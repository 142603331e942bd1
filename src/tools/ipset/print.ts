/**
 * print: sets → Text, as `ipset save` prints them, except for the hash parameters, which the kernel chooses.
 */
import { inetNtop } from '../../ip.js';
import { type JsonObject, streamed } from '../../json.js';
import type { Line } from '../../text.js';
import type { Entry, IpSet } from './types.js';

/** The sets as input for `ipset restore`; with `-exist` it can be loaded twice. */
export function* print(sets: readonly IpSet[]): Generator<Line> {
  for (const set of sets) {
    yield { text: create(set) };
    for (const entry of set.entries) yield { text: `add ${set.name} ${printEntry(entry)}`, origin: entry.origin };
  }
}

/** The line that creates the set, empty. */
export function create(set: IpSet): string {
  return `create ${set.name} ${set.type} ${parameters(set)}`;
}

/** A member as ipset prints it: `10.0.0.1,tcp:80`, `30080`. */
export function printEntry({ ip, protocol, port, source }: Entry): string {
  const portText = port === undefined ? [] : [protocol === undefined ? `${port}` : `${protocol}:${port}`];
  return [
    ...(ip === undefined ? [] : [inetNtop(ip)]),
    ...portText,
    ...(source === undefined ? [] : [network(source)]),
  ].join(',');
}

/** ipset prints a network of one address without its prefix length. */
function network(text: string): string {
  return inetNtop(text.replace(text.includes(':') ? /\/128$/ : /\/32$/, ''));
}

/** ipset's default maxelem; adding more fails with "Hash is full". */
const MAX_ENTRIES = 65536;

/** The maxelem of a set that must hold `count` members. */
export function maxElements(count: number): number {
  let most = MAX_ENTRIES;
  while (most < count) most *= 2;
  return most;
}

function parameters({ type, family, entries, size = maxElements(entries.length) }: IpSet): string {
  if (type === 'bitmap:port') return 'range 0-65535';
  return `family ${family === 'ipv4' ? 'inet' : 'inet6'} hashsize 1024 maxelem ${size}`;
}

/** The sets as data for JSON. */
export function toData(sets: readonly IpSet[]): JsonObject {
  return { sets: streamed(() => setsData(sets)) };
}

function* setsData(sets: readonly IpSet[]): Generator<JsonObject> {
  for (const { entries, ...set } of sets) {
    yield { ...set, entries: entries.map(({ origin, owners: _, ...entry }) => ({ ...entry, object: origin?.object })) };
  }
}
