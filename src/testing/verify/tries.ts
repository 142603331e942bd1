/**
 * tries: which mutations are tried. The usual runs try the same ones each time: that verify is right about them was seen
 * in packets. VIPC_MUTATIONS=N tries N others, by the seed of the run; there a difference that no packet shows may be
 * among them.
 */
import { seed } from '../run/extent.js';

const COUNT = process.env['VIPC_MUTATIONS'];

/** The number of mutations, and the seed for them. */
export function tries(usual: number): { readonly count: number; readonly seed: number; readonly isTold: boolean } {
  return COUNT === undefined ? { count: usual, seed: 14, isTold: false } : { count: Number(COUNT), seed, isTold: true };
}

/** `count` elements of a list, evenly spread, from a place that the seed gives. */
export function spread<T>(list: readonly T[], count: number, from: number): readonly T[] {
  if (count >= list.length) return list;
  return Array.from(
    { length: count },
    (_, i) => list[(from + Math.floor((i * list.length) / count)) % list.length] as T,
  );
}
