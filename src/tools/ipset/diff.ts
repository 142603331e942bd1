/**
 * diff: observed sets × desired sets → the difference, member by member, and the `ipset restore` input that makes it
 * good. It comes in two phases: `grow` before new rules look for new members, `shrink` after the last rule that looks
 * for old members is gone.
 */
import type { Line } from '../../text.js';
import type { SavedSet, SavedSets } from './parse.js';
import { create, maxElements, printEntry } from './print.js';
import type { Entry, IpSet } from './types.js';

export interface SetDiff {
  readonly name: string;
  /** Absent when the set must be destroyed. */
  readonly desired?: IpSet;
  /** `create`: it does not exist. `replace`: it is too small or has other options. `remake`: it has another type. */
  readonly making?: 'create' | 'replace' | 'remake';
  readonly added: readonly Entry[];
  /** As ipset prints them. */
  readonly removed: readonly string[];
  /** A foreign rule names it, so it cannot be destroyed, only emptied. */
  readonly isReferenced?: boolean;
}

/** Which sets of a node are ours. */
export interface IpsetOurs {
  readonly isOurs: (name: string) => boolean;
  /** Whether foreign rules name the set. */
  readonly isReferenced: (name: string) => boolean;
}

/** The name of a new set until it is swapped with the old one; none of our sets has this name. */
const TEMPORARY = 'VIPC-NEW';

/** How to change `observed` into `desired`; our other sets are destroyed. */
export function diff(
  observed: SavedSets,
  desired: readonly IpSet[],
  { isOurs, isReferenced }: IpsetOurs,
): readonly SetDiff[] {
  const there = new Map(observed.sets.map((set) => [set.name, set]));
  const unreadable = new Map(observed.others.map(({ name, type }) => [name, type]));
  const names = new Set(desired.map(({ name }) => name));
  const gone = [...there.keys(), ...unreadable.keys()].filter(
    (name) => (isOurs(name) || name === TEMPORARY) && !names.has(name),
  );
  return [
    ...desired.flatMap((set) => diffSet(there.get(set.name), unreadable.get(set.name), set)),
    ...gone.flatMap((name): readonly SetDiff[] => {
      const removed = there.get(name)?.entries.map(printEntry) ?? [];
      if (!isReferenced(name)) return [{ name, added: [], removed }];
      return removed.length === 0 ? [] : [{ name, added: [], removed, isReferenced: true }];
    }),
  ];
}

function diffSet(there: SavedSet | undefined, unreadable: string | undefined, desired: IpSet): readonly SetDiff[] {
  const { name, entries } = desired;
  const alike = there?.type === desired.type && (there.family === desired.family || desired.type === 'bitmap:port');
  if (!there || !alike) {
    const making = there
      ? 'remake'
      : unreadable === undefined
        ? 'create'
        : unreadable === desired.type
          ? 'replace'
          : 'remake';
    return [{ name, desired, making, added: entries, removed: [] }];
  }
  const members = new Set(there.entries.map(printEntry));
  const desiredMembers = new Set(entries.map(printEntry));
  const added = entries.filter((entry) => !members.has(printEntry(entry)));
  const removed = [...members].filter((member) => !desiredMembers.has(member));
  // Members to be removed stay until `shrink`, so they count too.
  const size = maxElements(members.size + added.length);
  const room = there.maxElements ?? Number.POSITIVE_INFINITY;
  // A set that another program created with less room than ours would overflow one day.
  const fits = room >= Math.max(members.size + added.length, maxElements(entries.length));
  if (fits && added.length + removed.length === 0) return [];
  if (fits) return [{ name, desired, added, removed }];
  return [{ name, desired: { ...desired, size }, making: 'replace', added, removed }];
}

/** Creates sets and adds members. */
export function* grow(diffs: readonly SetDiff[]): Generator<Line> {
  // Left over from an interrupted run.
  if (diffs.some(({ name }) => name === TEMPORARY)) yield { text: `destroy ${TEMPORARY}` };
  for (const { name, desired, making, added, removed } of diffs) {
    if (!desired) continue;
    // The kernel does not swap sets of different types, nor destroy a set that a rule names.
    if (making === 'remake') yield { text: `destroy ${name}` };
    if (making === 'create' || making === 'remake') yield { text: create(desired) };
    if (making !== 'replace') yield* add(name, added);
    else {
      // Rules name the set, so it cannot be destroyed and created again; it is swapped with a new one.
      yield { text: create({ ...desired, name: TEMPORARY }) };
      const others = desired.entries.filter((entry) => !added.includes(entry));
      yield* add(TEMPORARY, [...others, ...added]);
      for (const member of removed) yield { text: `add ${TEMPORARY} ${member}` };
      yield { text: `swap ${TEMPORARY} ${name}` };
      yield { text: `destroy ${TEMPORARY}` };
    }
  }
}

/** Removes members and destroys sets. */
export function* shrink(diffs: readonly SetDiff[]): Generator<Line> {
  for (const { name, desired, removed, isReferenced } of diffs) {
    if (name === TEMPORARY) continue;
    if (isReferenced) yield { text: `flush ${name}` };
    else if (!desired) yield { text: `destroy ${name}` };
    else for (const member of removed) yield { text: `del ${name} ${member}` };
  }
}

function* add(set: string, entries: readonly Entry[]): Generator<Line> {
  for (const entry of entries) yield { text: `add ${set} ${printEntry(entry)}`, origin: entry.origin };
}
