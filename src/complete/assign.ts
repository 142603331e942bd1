/**
 * complete, part: assigns the places of a range to names. A name gets the place of its hash, else the next free one; an
 * API server scans likewise from a random place (k/k pkg/registry/core/service/allocator).
 *
 * When two names compete for a place, the one with the greater hash always moves on, so the order of objects does not
 * matter (ordered hashing, Amble and Knuth 1974). A new name therefore moves another name only from a place that both
 * hashes lead to.
 */
import type { Range } from './range.js';

/** The place of every key, and the keys that the range has no room for. */
export interface Assigned {
  readonly places: ReadonlyMap<string, number>;
  readonly left: readonly string[];
}

/**
 * Gives each of `keys` a different place that is not `taken`; the result does not depend on the order of keys. Keys are
 * served by hash: each takes the next free place from its hash on, cyclically, in the dynamic band while that has one,
 * then in the static one.
 */
export function assign(keys: Iterable<string>, taken: ReadonlySet<number>, range: Range): Assigned {
  const all = [...new Set(keys)];
  const given = assignEach(all, taken, range);
  const places = new Map<string, number>();
  const left: string[] = [];
  for (const [i, key] of all.entries()) {
    const place = given[i];
    if (place === undefined) left.push(key);
    else places.set(key, place);
  }
  return { places, left: left.sort() };
}

/** As `assign`, with the places as a list; all of `keys` must be different. */
export function assignEach(
  keys: readonly string[],
  taken: ReadonlySet<number>,
  range: Range,
): readonly (number | undefined)[] {
  const bands = bandsOf(range).map((band) => freePlaces(band, taken));
  const places = new Array<number | undefined>(keys.length).fill(undefined);
  const hashes = keys.map(stableHash);
  for (const i of inOrder(keys, hashes)) {
    for (const take of bands) places[i] ??= take(hashes[i] ?? 0);
  }
  return places;
}

/** The indexes of the keys, sorted by hash. */
function inOrder(keys: readonly string[], hashes: readonly number[]): readonly number[] {
  return [...keys.keys()].sort((a, b) => {
    const difference = (hashes[a] ?? 0) - (hashes[b] ?? 0);
    return difference !== 0 ? difference : (keys[a] ?? '') < (keys[b] ?? '') ? -1 : 1;
  });
}

interface Band {
  readonly first: number;
  readonly size: number;
}

/** The dynamic band, then the static one. */
function bandsOf({ size, reserved }: Range): readonly Band[] {
  const kept = Math.min(reserved, size);
  return [
    { first: kept, size: size - kept },
    { first: 0, size: kept },
  ];
}

/** A function that takes the first free place of a band from a hash on, cyclically; undefined when the band is full. */
function freePlaces({ first, size }: Band, taken: ReadonlySet<number>): (hash: number) => number | undefined {
  let free = size;
  for (const place of taken) if (place >= first && place < first + size) free--;
  // The place to try after one that is not free; paths are shortened while they are walked.
  const onward = new Map<number, number>();
  const next = (start: number): number => {
    let at = start;
    for (;;) {
      const step = onward.get(at) ?? (taken.has(first + at) ? (at + 1) % size : undefined);
      if (step === undefined) return at;
      const further = onward.get(step);
      onward.set(at, further ?? step);
      at = step;
    }
  };
  return (hash) => {
    if (free === 0) return undefined;
    free--;
    const at = next(hash % size);
    onward.set(at, (at + 1) % size);
    return first + at;
  };
}

/** A 48-bit hash, the same on every machine (two rounds of 32-bit FNV-1a, with the finalizer of MurmurHash3). */
export function stableHash(text: string): number {
  return round(text, 0x811c9dc5) * 0x10000 + (round(text, 0x9e3779b9) & 0xffff);
}

function round(text: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
