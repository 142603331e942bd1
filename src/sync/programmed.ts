/**
 * Programmed: the parts of what was programmed, as fingerprints (Look in tools/tool.ts). Of 10,000 Services with 10
 * endpoints it has a few megabytes.
 */
import { restOf, takeParts } from '../diff/parts.js';
import type { Compilation, Increment } from '../increment/compiler.js';
import { type Fingerprints, fingerprint, newFingerprints } from '../tools/fingerprints.js';
import type { DesiredState } from '../tools/tools.js';

/** What was read of a node, part by part. */
export interface Reading {
  /** Whether a part that was read is, or may have been while it was read, as programmed. */
  readonly isKnown: (part: string) => boolean;
  /** Whether all parts were read, but for those that changed meanwhile. */
  readonly isWhole: () => boolean;
  /** What changes from now on did so later. */
  readonly end: () => void;
}

export interface Programmed {
  /** What is desired beside the parts. */
  readonly rest: DesiredState;
  /** Follows a change, before the tools carry it out. */
  change(change: Pick<Increment, 'before' | 'after'>): void;
  /** The tools have carried it out. */
  changed(): void;
  /** Collects the parts of all that is served, if that was not done yet; `breathe` is awaited again and again. */
  collect(compiled: Compilation, breathe: () => Promise<unknown>): Promise<void>;
  /** Begins to read a node, by one reader at a time. */
  begin(): Reading;
}

/** How many Services are lowered at a time; a few milliseconds. */
const AT_ONCE = 20;

/** Of `desired`, all that is programmed; undefined when a tool of it can only be compared as a whole. Lowers `atOnce` Services at a time. */
export function newProgrammed(desired: DesiredState, atOnce = AT_ONCE): Programmed | undefined {
  const rest = restOf(desired);
  if (!rest) return undefined;
  const prints = newFingerprints();
  let isCollected = false;
  /** The parts of the change that the tools carry out, and of all changes since a reading began. */
  let current: readonly number[] = [];
  let changing: Set<number> | undefined;

  return {
    rest,
    change: ({ before, after }) => {
      const changed: number[] = [];
      const record = (part: string): number => {
        const print = fingerprint(part);
        changed.push(print);
        return print;
      };
      takeParts(before, (part) => prints.delete(record(part)));
      takeParts(after, (part) => prints.add(record(part)));
      current = changed;
      for (const print of current) changing?.add(print);
    },
    changed: () => {
      current = [];
    },
    collect: async (compiled, breathe) => {
      const all = isCollected ? [] : [...compiled.services()];
      // The first has no Service: what every node has.
      for (let from = -atOnce; from < all.length && !isCollected; from += atOnce) {
        // What changed since is lowered as it is now, and added twice does no harm.
        const { desired } = compiled.of(...all.slice(Math.max(from, 0), Math.max(from + atOnce, 0)));
        takeParts(desired, (part) => prints.add(fingerprint(part)));
        await breathe();
      }
      isCollected = true;
    },
    begin: () => {
      const since = new Set(current);
      changing = since;
      return {
        ...readingOf(prints, since),
        end: () => {
          changing = undefined;
        },
      };
    },
  };
}

/** A reading that begins now; `since` are the parts of all changes from then on. */
function readingOf(prints: Fingerprints, since: ReadonlySet<number>): Pick<Reading, 'isKnown' | 'isWhole'> {
  const seen = newFingerprints(prints.size);
  return {
    isKnown: (part) => {
      const print = fingerprint(part);
      if (!prints.has(print) && !since.has(print)) return false;
      seen.add(print);
      return true;
    },
    isWhole: () => {
      // What was seen and has not changed since is in `prints`, as it was then.
      let [changed, seenOfThem] = [0, 0];
      for (const print of since) {
        if (prints.has(print)) changed++;
        if (seen.has(print)) seenOfThem++;
      }
      return seen.size - seenOfThem === prints.size - changed;
    },
  };
}
