/**
 * script: RuleSetDiff → input for `iptables-restore --noflush` that changes only what differs.
 *
 * A table is changed in one commit, which packets see whole or not at all. Where a replacement in another table or tool
 * must be in place before rules are deleted, there are two commits: `grow` adds the new rules and keeps the old, and
 * `settle` deletes the old.
 */
import type { Line, Text } from '../../text.js';
import type { ChainDiff, ChainEdits, TableDiff } from './diff.js';
import { editsOf, type LineEdits } from './script/edits.js';
import { calleesFirst } from './script/order.js';

export type ScriptPhase = 'grow' | 'settle' | 'whole';

export interface ScriptOptions {
  /**
   * Most chains written in one commit. The time of iptables-nft grows with the square of it (452 s for 55,000 chains,
   * but 5 s in commits of 300), and iptables-legacy copies the whole table at each commit.
   */
  readonly chainsPerCommit: number;
  /**
   * Whether rules to endpoints that go are deleted in a commit of their own, before the chain is written anew: iptables-nft
   * deletes in no time, but each added rule costs time in proportion to the table.
   */
  readonly deletesFirst: boolean;
  /** The number of rules from which a chain is edited where it changes, and not written whole. */
  readonly editedFrom: number;
  /** Which rules of a growing chain, and which jumps from foreign ones, come first and take effect. */
  readonly growing: 'old-first' | 'new-first';
}

/** The lines for one table and phase, made at each iteration; none when there is nothing to do. */
export function script(diff: TableDiff, phase: ScriptPhase, options: ScriptOptions): Text {
  let known: Commits | undefined;
  return {
    *[Symbol.iterator]() {
      known ??= commitsOf(diff, phase, options);
      yield* print(diff, phase, known, options);
    },
  };
}

/** The chains that each commit writes or deletes. */
interface Commits {
  /** Rules that are deleted before. */
  readonly gone: readonly Line[];
  readonly written: readonly (readonly Written[])[];
  readonly deleted: readonly (readonly ChainDiff[])[];
}

function commitsOf({ chains, entrances }: TableDiff, phase: ScriptPhase, options: ScriptOptions): Commits {
  const { chainsPerCommit, deletesFirst } = options;
  const all = writtenChains(chains, phase, options);
  const isLast = ({ name, before }: ChainDiff) =>
    before !== undefined && all.length > chainsPerCommit && entrances.has(name);
  // A chain is written after all chains it leads to, and deleted after all chains that lead to it.
  const ordered = calleesFirst(
    all.filter((chain) => !isLast(chain)),
    chainsPerCommit,
  );
  const batches = split(ordered, chainsPerCommit);
  const last = batches.pop() ?? [];
  const deleted = phase === 'grow' ? [] : calleesFirst(chains.filter(isGone), chainsPerCommit).reverse();
  return {
    gone: deletesFirst && phase === 'whole' ? all.filter(({ how }) => !how).flatMap(endpointsGone) : [],
    // What packets enter changes at once: between two of these commits another layout could be half there.
    written: [...batches, [...last, ...all.filter(isLast)]],
    deleted: split(deleted, chainsPerCommit),
  };
}

function* print(
  { name, edits: foreign }: TableDiff,
  phase: ScriptPhase,
  { gone, written, deleted }: Commits,
  { growing }: ScriptOptions,
): Generator<Line> {
  const [firstDeleted = [], ...restDeleted] = deleted;
  yield* commit(name, [gone]);
  for (const batch of written.slice(0, -1)) yield* commit(name, [write(batch)]);
  yield* commit(name, [
    write(written.at(-1) ?? []),
    phase === 'settle' ? [] : foreign.flatMap(additions),
    phase === 'grow' && growing === 'old-first' ? foreign.flatMap(oldFirst) : [],
    phase === 'grow' ? [] : foreign.flatMap(removals),
    erase(firstDeleted),
  ]);
  for (const batch of restDeleted) yield* commit(name, [erase(batch)]);
}

/** A chain as a phase writes it: whole, or by edits. */
type Written = ChainDiff & { readonly after: readonly Line[]; readonly how?: LineEdits | undefined };

function writtenChains(chains: readonly ChainDiff[], phase: ScriptPhase, options: ScriptOptions): readonly Written[] {
  const desired = chains.filter((chain): chain is Written => !isGone(chain));
  const written = {
    whole: () => desired,
    grow: () => desired.flatMap((chain) => grown(chain, options)),
    settle: () => desired.filter((chain) => lost(chain).length > 0).map((chain) => afterGrow(chain, options)),
  };
  return written[phase]().map((chain) => edited(chain, options));
}

/** With edits, if it is long and they are few. The rules of a new chain are not made for that. */
function edited(chain: Written, { editedFrom }: ScriptOptions): Written {
  const { before = [] } = chain;
  if (before.length === 0 || before.length < editedFrom) return chain;
  const how = editsOf(before, chain.after);
  return how ? { ...chain, how } : chain;
}

/** The chain as `grow` has left it. */
function afterGrow(chain: Written, options: ScriptOptions): Written {
  const [left] = grown(chain, options);
  return left ? { ...chain, before: left.after.map(({ text }) => text) } : chain;
}

/**
 * Deletes the rules that lead a share of connections to an endpoint that the chain no longer has. The connections then go on
 * to the next rules; the last one takes all, and stays.
 */
function endpointsGone(chain: Written): readonly Line[] {
  const { name, before = [] } = chain;
  if (before.length === 0) return [];
  const kept = new Set(chain.after.flatMap(({ text }) => ENDPOINT.exec(text)?.[1] ?? []));
  return before.flatMap((text) => {
    const [, random, endpoint] = SHARE.exec(text) ?? [];
    return random === undefined || kept.has(endpoint ?? '') ? [] : [{ text: `-D ${name}${text}` }];
  });
}

const ENDPOINT = / -j DNAT --to-destination (\S+)$/;
const SHARE = /( -m statistic --mode random --probability \S+) -j DNAT --to-destination (\S+)$/;

/** Whether it has no `after`, which is not made for that. */
function isGone(chain: ChainDiff): boolean {
  return !('after' in chain);
}

/** Rules that the chain has and must lose. */
function lost(chain: Written): readonly string[] {
  const { before = [] } = chain;
  if (before.length === 0) return [];
  const kept = new Set(chain.after.map(({ text }) => text));
  return before.filter((line) => !kept.has(line));
}

/** The chain with both its old and its new rules; nothing to write when it already has them all. */
function grown(chain: Written, { growing }: ScriptOptions): readonly Written[] {
  const old = lost(chain);
  if (old.length === 0) return [chain];
  const { before = [], after } = chain;
  if (growing === 'new-first') return [{ ...chain, after: [...after, ...old.map((text) => ({ text }))] }];
  const there = new Set(before);
  const added = after.filter(({ text }) => !there.has(text));
  return added.length === 0 ? [] : [{ ...chain, after: [...before.map((text) => ({ text })), ...added] }];
}

function* commit(table: string, parts: readonly Iterable<Line>[]): Generator<Line> {
  let isBegun = false;
  for (const part of parts) {
    for (const line of part) {
      if (!isBegun) yield { text: `*${table}` };
      isBegun = true;
      yield line;
    }
  }
  if (isBegun) yield { text: 'COMMIT' };
}

/** With --noflush, declaring a chain creates it, or flushes it if it exists. */
function declare({ name, origin }: ChainDiff): Line {
  return { text: `:${name} - [0:0]`, origin };
}

function* write(chains: readonly Written[]): Generator<Line> {
  for (const chain of chains) if (!chain.how) yield declare(chain);
  for (const { name, after, how } of chains) {
    if (how) yield* edits(name, how);
    else for (const { text, origin } of after) yield { text: `-A ${name}${text}`, origin };
  }
}

function edits(chain: string, { removed, inserted }: LineEdits): readonly Line[] {
  return [
    ...removed.map((line) => ({ text: `-D ${chain}${line}` })),
    ...inserted.map(({ at, line }) => ({ text: `-I ${chain} ${at}${line.text}`, origin: line.origin })),
  ];
}

function erase(chains: readonly ChainDiff[]): readonly Line[] {
  return [...chains.map(declare), ...chains.map(({ name, origin }) => ({ text: `-X ${name}`, origin }))];
}

function additions({ chain, moved, inserted }: ChainEdits): readonly Line[] {
  return edits(chain, { removed: moved, inserted });
}

/** Puts the rules that go later before the new ones, which keep the places that they have in the end. */
function oldFirst({ chain, removed, firstNew }: ChainEdits): readonly Line[] {
  if (firstNew === undefined) return [];
  return [
    ...removed.map((line) => ({ text: `-D ${chain}${line}` })),
    ...removed.map((line, i) => ({ text: `-I ${chain} ${firstNew + i}${line}` })),
  ];
}

function removals({ chain, removed }: ChainEdits): readonly Line[] {
  return removed.map((line) => ({ text: `-D ${chain}${line}` }));
}

function split<T>(list: readonly T[], size: number): T[][] {
  const batches: T[][] = [];
  for (let at = 0; at < list.length; at += size) batches.push(list.slice(at, at + size));
  return batches;
}
