/**
 * fraction: shares of connections, exactly. The kernel's statistic match keeps a probability in units of 2^-31.
 */

/** `n` of `d`; in lowest terms. */
export interface Fraction {
  readonly n: bigint;
  readonly d: bigint;
}

export const ZERO: Fraction = { n: 0n, d: 1n };
export const ONE: Fraction = { n: 1n, d: 1n };

/** The fraction n/d. */
export function fraction(n: bigint, d: bigint): Fraction {
  const by = gcd(n, d);
  return by === 1n ? { n, d } : { n: n / by, d: d / by };
}

export function times(a: Fraction, b: Fraction): Fraction {
  if (a === ONE) return b;
  if (b === ONE) return a;
  return fraction(a.n * b.n, a.d * b.d);
}

export function plus(a: Fraction, b: Fraction): Fraction {
  return fraction(a.n * b.d + b.n * a.d, a.d * b.d);
}

/** 1 - a share. */
export function rest({ n, d }: Fraction): Fraction {
  return fraction(d - n, d);
}

export function isZero({ n }: Fraction): boolean {
  return n === 0n;
}

/** The nearest number. */
export function toNumber({ n, d }: Fraction): number {
  const shift = BigInt(Math.max(0, d.toString(2).length - 1000));
  return Number(n >> shift) / Number(d >> shift);
}

function gcd(a: bigint, b: bigint): bigint {
  // Shares of the statistic match are of a power of 2, which has only such divisors.
  if ((b & (b - 1n)) === 0n && a > 0n) {
    const lowest = a & -a;
    return lowest < b ? lowest : b;
  }
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}
