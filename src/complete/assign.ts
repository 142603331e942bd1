/**
 * complete, part: who gets which place of a range, by name. A name wants the place that its hash says, else the next free
 * one, as an API server scans from a random one (k/k pkg/registry/core/service/allocator).
 *
 * Of two that want the same place one has to go on, and for the order of objects not to matter it must be the same one
 * always: that of the greater hash. So a new name moves another one only from a place that both hashes lead to.
 */
import type { Range } from './range.js';

/** The place of every key, or none for those that the range has no more room for. */
export interface Assigned {
  readonly places: ReadonlyMap<string, number>;
  readonly left: readonly string[];
}

/** Gives each of `keys` a place of its own that is not `taken`; the same for the same keys in any order. */
export function assign(keys: Iterable<string>, taken: ReadonlySet<number>, range: Range): Assigned {
  const holders = new Map<number, Holder>();
  const left: string[] = [];
  for (const key of keys) {
    // One that another took the place of goes on from there, until somebody finds a free one.
    let seeker: Holder | undefined = { key, hash: stableHash(key), tries: 0 };
    while (seeker) {
      const place = next(seeker, taken, range);
      if (place === undefined) {
        left.push(seeker.key);
        break;
      }
      const holder = holders.get(place);
      if (!holder || goesFirst(seeker, holder)) {
        holders.set(place, seeker);
        seeker = holder;
      }
      if (seeker) seeker.tries++;
    }
  }
  return { places: new Map([...holders].map(([place, { key }]) => [key, place])), left: left.sort() };
}

interface Holder {
  readonly key: string;
  readonly hash: number;
  /** How many places it has asked for before this one. */
  tries: number;
}

function goesFirst(a: Holder, b: Holder): boolean {
  return a.hash !== b.hash ? a.hash < b.hash : a.key < b.key;
}

/** The place that it asks for now: in the dynamic band from its hash on and around, then in the static one. */
function next(seeker: Holder, taken: ReadonlySet<number>, { size, reserved }: Range): number | undefined {
  const dynamic = Math.max(0, size - reserved);
  for (; seeker.tries < size; seeker.tries++) {
    const place = seeker.tries < dynamic ? reserved + ((seeker.hash + seeker.tries) % dynamic) : seeker.tries - dynamic;
    if (!taken.has(place)) return place;
  }
  return undefined;
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
