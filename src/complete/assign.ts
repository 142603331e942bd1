/**
 * complete, part: who gets which place of a range, by name. A name wants the place that its hash says, else the next free
 * one, as an API server scans from a random one (k/k pkg/registry/core/service/allocator).
 *
 * Of two that want the same place one has to go on, and for the order of objects not to matter it must be the same one
 * always: that of the greater hash (ordered hashing, Amble and Knuth 1974). So a new name moves another one only from a
 * place that both hashes lead to.
 */
import type { Range } from './range.js';

/** The place of every key, or none for those that the range has no more room for. */
export interface Assigned {
  readonly places: ReadonlyMap<string, number>;
  readonly left: readonly string[];
}

/**
 * Gives each of `keys` a place of its own that is not `taken`; the same for the same keys in any order. They are served by
 * hash: each takes the next free place from its own on and around, in the dynamic band while that has one, then in the
 * static one.
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

/** The same as a list: the place of each of `keys`, which are all different. */
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

/** Who goes first, first: the numbers of the keys by hash. */
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

/** Takes places of a band, one by one: the first free one from a hash on and around; undefined when there is none. */
function freePlaces({ first, size }: Band, taken: ReadonlySet<number>): (hash: number) => number | undefined {
  let free = size;
  for (const place of taken) if (place >= first && place < first + size) free--;
  // Where to look on from a place that is not free; paths are made shorter while they are walked.
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

/** 48 bits of a text, the same everywhere (two rounds of 32-bit FNV-1a, finished as MurmurHash3 does). */
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
