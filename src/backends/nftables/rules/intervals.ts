/**
 * lower, part: networks as nft lists them in an anonymous set: sorted, and joined where they overlap or touch.
 */
import { type Cidr, type Family, inetNtop, ipOf } from '../../../ip.js';

interface Interval {
  readonly family: Family;
  readonly first: bigint;
  readonly last: bigint;
}

/** `10.0.0.0/8`, `192.0.2.1`, or `10.0.0.0-12.255.255.255` where no prefix fits. */
export function intervals(cidrs: readonly Cidr[]): readonly string[] {
  const sorted = cidrs.map(intervalOf).sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  const joined: Interval[] = [];
  for (const next of sorted) {
    const before = joined.at(-1);
    if (!before || next.first > before.last + 1n) joined.push(next);
    else if (next.last > before.last) joined[joined.length - 1] = { ...before, last: next.last };
  }
  return joined.map(textOf);
}

function intervalOf({ family, bytes, prefix }: Cidr): Interval {
  const first = bytes.reduce((sum, byte) => (sum << 8n) + BigInt(byte), 0n);
  return { family, first, last: first + (1n << BigInt(bytes.length * 8 - prefix)) - 1n };
}

function textOf({ family, first, last }: Interval): string {
  const bits = family === 'ipv4' ? 32 : 128;
  const address = (value: bigint) =>
    inetNtop(
      ipOf(Array.from({ length: bits / 8 }, (_, i) => Number((value >> BigInt(bits - 8 - i * 8)) & 0xffn))).text,
    );
  if (first === last) return address(first);
  const size = last - first + 1n;
  const isNetwork = (size & (size - 1n)) === 0n && first % size === 0n;
  return isNetwork ? `${address(first)}/${bits + 1 - size.toString(2).length}` : `${address(first)}-${address(last)}`;
}
