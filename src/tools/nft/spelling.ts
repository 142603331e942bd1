/**
 * How nft spells values; print writes them and parse reads them. Where versions differ, the spelling is that of 1.0.6.
 */
import type { BaseChain, NftFamily } from './types.js';

/**
 * A text between quotes. nft has no escapes, and a line break would go through: what cannot be written is replaced, so
 * that no text can become a rule even if an earlier check failed.
 */
export function quote(text: string): string {
  return `"${text.replace(UNQUOTABLE, '?')}"`;
}

const UNQUOTABLE = /[\p{Cc}"]/gu;

/** The text between the quotes of a word, or the word itself. */
export function unquote(word: string): string {
  return /^"[^"]*"$/.test(word) ? word.slice(1, -1) : word;
}

/** A mark or its mask: `0x00004000`. */
export function hex(value: number): string {
  return `0x${(value >>> 0).toString(16).padStart(8, '0')}`;
}

/** A number as nft writes one, decimal or hexadecimal. */
export function parseNumber(word: string | undefined): number | undefined {
  return word !== undefined && /^(?:0x[0-9a-f]{1,8}|\d{1,15})$/i.test(word) ? Number(word) : undefined;
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

/** A duration in seconds: `1d2h`. */
export function duration(seconds: number): string {
  let rest = Math.round(seconds * 1000);
  let text = '';
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) text += `${count}${unit}`;
  }
  return text === '' ? '0s' : text;
}

/** The seconds of `3h`, `10800s`, `10800` or `1w2d`. */
export function parseDuration(word: string | undefined): number | undefined {
  const [, weeks, days, hours, minutes, seconds, milliseconds] =
    /^(?=\d)(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s?(?!m))?(?:(\d+)ms)?$/.exec(word ?? '') ?? [];
  const parts = [weeks, days, hours, minutes, seconds, milliseconds];
  if (parts.every((part) => part === undefined)) return undefined;
  const sizes = [604_800_000, 86_400_000, 3_600_000, 60_000, 1000, 1];
  return parts.reduce((sum, part, i) => sum + Number(part ?? 0) * (sizes[i] ?? 0), 0) / 1000;
}

/** A name of a priority, and the hooks where 1.0.6 writes it. */
interface Priority {
  readonly name: string;
  readonly value: number;
  readonly hook?: BaseChain['hook'];
}

const OF_IP: readonly Priority[] = [
  { name: 'raw', value: -300 },
  { name: 'mangle', value: -150 },
  { name: 'dstnat', value: -100, hook: 'prerouting' },
  { name: 'filter', value: 0 },
  { name: 'security', value: 50 },
  { name: 'srcnat', value: 100, hook: 'postrouting' },
];

const OF_BRIDGE: readonly Priority[] = [
  { name: 'dstnat', value: -300, hook: 'prerouting' },
  { name: 'filter', value: -200 },
  { name: 'out', value: 100, hook: 'output' },
  { name: 'srcnat', value: 300, hook: 'postrouting' },
];

const OF_OTHERS: readonly Priority[] = [{ name: 'filter', value: 0 }];

function priorities(family: NftFamily): readonly Priority[] {
  if (family === 'bridge') return OF_BRIDGE;
  return family === 'arp' || family === 'netdev' ? OF_OTHERS : OF_IP;
}

/** nft names a priority up to this far away. */
const REACH = 10;

/** `dstnat - 10`, or a number where 1.0.6 has no name, or refuses it. */
export function priority(family: NftFamily, { hook, priority: value }: BaseChain): string {
  const near = priorities(family).find(
    (known) => Math.abs(value - known.value) <= REACH && (known.hook ?? hook) === hook,
  );
  if (!near) return `${value}`;
  const offset = value - near.value;
  return offset === 0 ? near.name : `${near.name} ${offset < 0 ? '-' : '+'} ${Math.abs(offset)}`;
}

/** The number of `dstnat - 10`, in words. */
export function parsePriority(family: NftFamily, words: readonly string[]): number | undefined {
  const [, base = '', sign = '+', offset = '0'] = /^(-?\w+) ?(?:([+-]) ?(\d+))?$/.exec(words.join(' ')) ?? [];
  const named = priorities(family).find(({ name }) => name === base)?.value;
  const value = named ?? (/^-?\d+$/.test(base) ? Number(base) : undefined);
  return value === undefined ? undefined : value + Number(`${sign}${offset}`);
}

/** The size that nft gives a dynamic set without one; it is left out of the data. */
export const DYNAMIC_SIZE = 65535;

/** The keys of meta that nft writes without `meta`. */
export const BARE_META: ReadonlySet<string> = new Set([
  'iif',
  'iifname',
  'iiftype',
  'iifgroup',
  'oif',
  'oifname',
  'oiftype',
  'oifgroup',
]);

/** The default of reject, which nft leaves out. */
export function defaultReject(family: NftFamily): string {
  const byFamily: Partial<Record<NftFamily, string>> = { ip: 'icmp', ip6: 'icmpv6' };
  return `${byFamily[family] ?? 'icmpx'} port-unreachable`;
}
