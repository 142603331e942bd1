/**
 * Programmed: the parts of what was programmed, as fingerprints (Look in tools/tool.ts). Of 10,000 Services with 10
 * endpoints it has a few megabytes.
 */
import { partsOf, restOf } from '../diff/parts.js';
import type { Increment } from '../increment/compiler.js';
import { type Fingerprints, fingerprint, newFingerprints } from '../tools/fingerprints.js';
import type { DesiredState } from '../tools/tools.js';

/** What was read of a node, part by part. */
export interface Reading {
  /** Whether a part that was read is, or may have been while it was read, as programmed. */
  readonly isKnown: (part: string) => boolean;
  /** Whether all parts were read, but for those that changed meanwhile. */
  readonly isWhole: () => boolean;
  /** Whether nothing changed while it was read: else a part that is not known may be half of a change. */
  readonly isAlone: () => boolean;
  /** What changes from now on did so later. */
  readonly end: () => void;
}

export interface Programmed {
  /** What is desired beside the parts. */
  readonly rest: DesiredState;
  /** Resolves when the parts are collected, beside everything else. */
  readonly collected: Promise<void>;
  /** Follows a change, before the tools carry it out. */
  change(change: Change): void;
  /** The tools have carried it out, or have failed. */
  changed(): void;
  /** Resolves when no change is being carried out. */
  settled(): Promise<void>;
  /** Begins to read a node, by one reader at a time. */
  begin(): Reading;
}

/** Of `desired`, all that is programmed. */
export function newProgrammed(desired: DesiredState, breathe = nextTurn): Programmed {
  const prints = newFingerprints();
  /** Parts of `desired` that went before they were collected. */
  let gone: Set<number> | undefined = new Set();
  /** The parts of the change that the tools carry out, and of all changes since a reading began. */
  let current: readonly number[] = [];
  let changing: Set<number> | undefined;
  const waiting: (() => void)[] = [];
  /** The change to follow: the tools need not wait for that. */
  const { put, settle } = newDeferred();
  const follow = (change: Change): void => {
    const [old, now] = differenceOf(change);
    for (const print of old) {
      prints.delete(print);
      gone?.add(print);
    }
    for (const print of now) {
      prints.add(print);
      gone?.delete(print);
    }
    current = [...old, ...now];
    for (const print of current) changing?.add(print);
  };

  const take = (part: string): void => {
    const print = fingerprint(part);
    if (!gone?.has(print)) prints.add(print);
  };
  const collected = collect(desired, take, breathe).then(() => {
    gone = undefined;
  });
  return {
    rest: restOf(desired),
    collected,
    change: (change) => put(() => follow(change)),
    changed: () => {
      settle();
      current = [];
      for (const resolve of waiting.splice(0)) resolve();
    },
    settled: async () => {
      settle();
      if (current.length > 0) await new Promise<void>((resolve) => waiting.push(resolve));
    },
    begin: () => {
      settle();
      const since = new Set(current);
      changing = since;
      return {
        ...readingOf(prints, since, settle),
        end: () => {
          changing = undefined;
        },
      };
    },
  };
}

type Change = Pick<Increment, 'before' | 'after'>;

/** Something to do that waits until its result is needed, or something else is put behind it. */
function newDeferred(): { readonly put: (action: () => void) => void; readonly settle: () => void } {
  let waiting: (() => void) | undefined;
  const settle = (): void => {
    const action = waiting;
    waiting = undefined;
    action?.();
  };
  return {
    put: (action) => {
      settle();
      waiting = action;
    },
    settle,
  };
}

/** The parts that a change takes away, and those that it brings. */
function differenceOf({ before, after }: Change): readonly [readonly number[], readonly number[]] {
  // Only their difference is that of all: what is in both may be another's in the whole state.
  const [was, is] = [new Set(printsOf(before, after)), new Set(printsOf(after, before))];
  return [[...was].filter((print) => !is.has(print)), [...is].filter((print) => !was.has(print))];
}

/** Of the parts of `desired`, those that `but` may lack. */
function* printsOf(desired: DesiredState, but: DesiredState): Generator<number> {
  for (const part of partsOf(desired, but)) yield fingerprint(part);
}

/** Milliseconds of work between two breaths. */
const SLICE = 3;

/** Lets everything else have its turn. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Tells `take` all parts, in slices; the first when what goes on now has ended. */
async function collect(
  desired: DesiredState,
  take: (part: string) => void,
  breathe: () => Promise<void>,
): Promise<void> {
  await breathe();
  let since = performance.now();
  for (const part of partsOf(desired)) {
    take(part);
    if (performance.now() - since < SLICE) continue;
    await breathe();
    since = performance.now();
  }
}

/** A reading that begins now; `since` has the parts of all changes from then on, when they are settled. */
function readingOf(prints: Fingerprints, since: ReadonlySet<number>, settle: () => void): Omit<Reading, 'end'> {
  const seen = newFingerprints(prints.size);
  return {
    isKnown: (part) => {
      settle();
      const print = fingerprint(part);
      if (!prints.has(print) && !since.has(print)) return false;
      seen.add(print);
      return true;
    },
    isWhole: () => {
      settle();
      // What was seen and has not changed since is in `prints`, as it was then.
      let [changed, seenOfThem] = [0, 0];
      for (const print of since) {
        if (prints.has(print)) changed++;
        if (seen.has(print)) seenOfThem++;
      }
      return seen.size - seenOfThem === prints.size - changed;
    },
    isAlone: () => {
      settle();
      return since.size === 0;
    },
  };
}
