/**
 * ranges: networks that source ranges name → a client in each of them that is in no narrower one. What happens to it tells
 * a range from one inside it: 198.51.100.0/24 narrowed to 198.51.100.0/25 lets its first addresses in as before.
 */
import { type Cidr, contains, type Ip, ipOf, parseCidr } from '../ip.js';

/** A network without the narrower ones, and an address there. */
export interface InRange {
  /** `198.51.100.0/24`, `198.51.100.0/24 except 198.51.100.0/25` */
  readonly label: string;
  readonly source: Ip;
}

/** One client for each network, in their order; none for a network that narrower ones fill. */
export function clientsIn(ranges: readonly Cidr[]): readonly InRange[] {
  const named = [...new Map(ranges.map((range) => [range.text, range])).values()];
  return named.flatMap((range) => {
    const inner = named.filter((each) => isInside(each, range));
    const outermost = inner.filter((each) => !inner.some((other) => isInside(each, other)));
    const source = addressIn(range, outermost);
    if (!source) return [];
    const except = outermost.map(({ text }) => text).join(', ');
    return [{ label: except === '' ? range.text : `${range.text} except ${except}`, source }];
  });
}

/** The networks that a line of rules has as a source, or anywhere as a network of more than one address. */
export function rangesIn(line: string): readonly Cidr[] {
  return [...line.matchAll(/(-s )?([0-9a-f.:]+\/\d+)/g)].flatMap(([, isSource, text = '']) => {
    const cidr = parseCidr(text);
    return cidr && (isSource || cidr.prefix < cidr.bytes.length * 8) ? [cidr] : [];
  });
}

function isInside(inner: Cidr, outer: Cidr): boolean {
  return inner.prefix > outer.prefix && contains(outer, { family: inner.family, text: '', bytes: inner.bytes });
}

/** The first address that is in none of `inner`, or the second, which is a better example than a network's own. */
function addressIn(range: Cidr, inner: readonly Cidr[]): Ip | undefined {
  let at = number(range.bytes);
  for (const each of [...inner].sort((a, b) => (number(a.bytes) < number(b.bytes) ? -1 : 1)))
    if (holds(each, at)) at = last(each) + 1n;
  if (at > last(range)) return undefined;
  const next = at + 1n;
  return address(range, next <= last(range) && !inner.some((each) => holds(each, next)) ? next : at);
}

function number(bytes: readonly number[]): bigint {
  return bytes.reduce((all, byte) => (all << 8n) | BigInt(byte), 0n);
}

function last({ bytes, prefix }: Cidr): bigint {
  return number(bytes) + (1n << BigInt(bytes.length * 8 - prefix)) - 1n;
}

function holds(range: Cidr, at: bigint): boolean {
  return number(range.bytes) <= at && at <= last(range);
}

function address({ bytes }: Cidr, at: bigint): Ip {
  return ipOf(bytes.map((_, i) => Number((at >> BigInt((bytes.length - 1 - i) * 8)) & 0xffn)));
}
