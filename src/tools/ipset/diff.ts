/**
 * diff: live sets × wanted sets → what differs, member by member, and the input for `ipset restore` that changes it. It
 * comes in two phases: `grow` before there are rules that look for the new members, `shrink` when none is left that looks
 * for the old.
 */
import type { Line } from '../../text.js';
import type { SavedSet, SavedSets } from './parse.js';
import { create, maxElements, printEntry } from './print.js';
import type { Entry, IpSet } from './types.js';

export interface SetDiff {
  readonly name: string;
  /** Absent when the set is to go. */
  readonly wanted?: IpSet;
  /** `create`: it is not there. `replace`: it is, too small or of another making. `remake`: it is of another type. */
  readonly making?: 'create' | 'replace' | 'remake';
  readonly added: readonly Entry[];
  /** As ipset shows them. */
  readonly removed: readonly string[];
  /** A foreign rule names it, so it cannot go: it is emptied. */
  readonly isReferenced?: boolean;
}

/** Which sets of a node are ours. */
export interface IpsetOurs {
  readonly isOurs: (name: string) => boolean;
  /** Whether foreign rules name the set. */
  readonly isReferenced: (name: string) => boolean;
}

/** The name of a new set until it takes the place of the old one; no set of ours has it. */
const TEMPORARY = 'VIPC-NEW';

/** What to do to `live` to have `wanted`; other sets go when they are ours. */
export function diff(
  live: SavedSets,
  wanted: readonly IpSet[],
  { isOurs, isReferenced }: IpsetOurs,
): readonly SetDiff[] {
  const there = new Map(live.sets.map((set) => [set.name, set]));
  const unreadable = new Map(live.others.map(({ name, type }) => [name, type]));
  const names = new Set(wanted.map(({ name }) => name));
  const gone = [...there.keys(), ...unreadable.keys()].filter(
    (name) => (isOurs(name) || name === TEMPORARY) && !names.has(name),
  );
  return [
    ...wanted.flatMap((set) => diffSet(there.get(set.name), unreadable.get(set.name), set)),
    ...gone.flatMap((name): readonly SetDiff[] => {
      const removed = there.get(name)?.entries.map(printEntry) ?? [];
      if (!isReferenced(name)) return [{ name, added: [], removed }];
      return removed.length === 0 ? [] : [{ name, added: [], removed, isReferenced: true }];
    }),
  ];
}

function diffSet(there: SavedSet | undefined, unreadable: string | undefined, wanted: IpSet): readonly SetDiff[] {
  const { name, entries } = wanted;
  const alike = there?.type === wanted.type && (there.family === wanted.family || wanted.type === 'bitmap:port');
  if (!there || !alike) {
    const making = there
      ? 'remake'
      : unreadable === undefined
        ? 'create'
        : unreadable === wanted.type
          ? 'replace'
          : 'remake';
    return [{ name, wanted, making, added: entries, removed: [] }];
  }
  const members = new Set(there.entries.map(printEntry));
  const wantedMembers = new Set(entries.map(printEntry));
  const added = entries.filter((entry) => !members.has(printEntry(entry)));
  const removed = [...members].filter((member) => !wantedMembers.has(member));
  // Those to be removed stay until `shrink`, so they count as well.
  const size = maxElements(members.size + added.length);
  const room = there.maxElements ?? Number.POSITIVE_INFINITY;
  // A set that another program made smaller than ours would become too small one day.
  const fits = room >= Math.max(members.size + added.length, maxElements(entries.length));
  if (fits && added.length + removed.length === 0) return [];
  if (fits) return [{ name, wanted, added, removed }];
  return [{ name, wanted: { ...wanted, size }, making: 'replace', added, removed }];
}

/** Makes sets and adds members. */
export function* grow(diffs: readonly SetDiff[]): Generator<Line> {
  // Left over from an interrupted run.
  if (diffs.some(({ name }) => name === TEMPORARY)) yield { text: `destroy ${TEMPORARY}` };
  for (const { name, wanted, making, added, removed } of diffs) {
    if (!wanted) continue;
    // The kernel lets neither change places with a set of another type, nor go while rules name it.
    if (making === 'remake') yield { text: `destroy ${name}` };
    if (making === 'create' || making === 'remake') yield { text: create(wanted) };
    if (making !== 'replace') yield* add(name, added);
    else {
      // Rules name the set, so it can't go and come back; it changes places with another.
      yield { text: create({ ...wanted, name: TEMPORARY }) };
      const others = wanted.entries.filter((entry) => !added.includes(entry));
      yield* add(TEMPORARY, [...others, ...added]);
      for (const member of removed) yield { text: `add ${TEMPORARY} ${member}` };
      yield { text: `swap ${TEMPORARY} ${name}` };
      yield { text: `destroy ${TEMPORARY}` };
    }
  }
}

/** Removes members and destroys sets. */
export function* shrink(diffs: readonly SetDiff[]): Generator<Line> {
  for (const { name, wanted, removed, isReferenced } of diffs) {
    if (name === TEMPORARY) continue;
    if (isReferenced) yield { text: `flush ${name}` };
    else if (!wanted) yield { text: `destroy ${name}` };
    else for (const member of removed) yield { text: `del ${name} ${member}` };
  }
}

function* add(set: string, entries: readonly Entry[]): Generator<Line> {
  for (const entry of entries) yield { text: `add ${set} ${printEntry(entry)}`, origin: entry.origin };
}
