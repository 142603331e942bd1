/**
 * Values of a set in braces, as nft keeps them: where one of them is a range or network, it merges those that overlap or
 * touch.
 */
import { ipOf, parseIp } from '../../ip.js';
import { inKeyOrder } from './key-order.js';

interface Interval {
  readonly first: bigint;
  readonly last: bigint;
  /** 0 for a number. */
  readonly bits: number;
}

/** The values in nft's order, merged if they are addresses or numbers. */
export function merged(values: readonly string[]): readonly string[] {
  const ordered = inKeyOrder(values, (value) => value);
  if (values.length < 2 || !values.some((value) => /[-/]/.test(value))) return ordered;
  const intervals = ordered.map(parseInterval).filter((each) => each !== undefined);
  if (intervals.length < values.length || new Set(intervals.map(({ bits }) => bits)).size > 1) return ordered;
  const result: Interval[] = [];
  for (const next of intervals) {
    const last = result.at(-1);
    if (!last || next.first > last.last + 1n) result.push(next);
    else if (next.last > last.last) result[result.length - 1] = { ...last, last: next.last };
  }
  return result.map(printInterval);
}

function parseInterval(value: string): Interval | undefined {
  const [, from = '', length, to] = /^([^-/]+)(?:\/(\d+)|-([^-/]+))?$/.exec(value) ?? [];
  const first = parsePoint(from);
  const last = to === undefined ? first : parsePoint(to);
  if (!first || !last || first.bits !== last.bits) return undefined;
  const free = length === undefined ? 0 : first.bits - Number(length);
  return free < 0 ? undefined : { ...first, first: first.at, last: last.at | ((1n << BigInt(free)) - 1n) };
}

function parsePoint(text: string): { readonly at: bigint; readonly bits: number } | undefined {
  if (/^\d+$/.test(text)) return { at: BigInt(text), bits: 0 };
  const ip = parseIp(text);
  return ip && { at: ip.bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n), bits: ip.bytes.length * 8 };
}

function printInterval({ first, last, bits }: Interval): string {
  const size = last - first + 1n;
  const free = size.toString(2).length - 1;
  if (size === 1n) return printPoint(first, bits);
  const isNetwork = bits > 0 && size === 1n << BigInt(free) && first % size === 0n;
  return isNetwork
    ? `${printPoint(first, bits)}/${bits - free}`
    : `${printPoint(first, bits)}-${printPoint(last, bits)}`;
}

function printPoint(at: bigint, bits: number): string {
  if (bits === 0) return `${at}`;
  return ipOf(Array.from({ length: bits / 8 }, (_, i) => Number((at >> BigInt(bits - 8 - i * 8)) & 0xffn))).text;
}
