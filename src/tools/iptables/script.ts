/**
 * script: RuleSetDiff → input for `iptables-restore --noflush`, that changes just what differs.
 *
 * A table is changed in one commit, which packets see whole or not at all. Where rules are taken away that others, in
 * another table or tool, must first make up for, that is two commits: `grow` adds what is new and keeps what is old, and
 * `settle` takes the old away.
 */
import type { Line } from '../../text.js';
import type { ChainDiff, ChainEdits, TableDiff } from './diff.js';
import { calleesFirst } from './script/order.js';

export type ScriptPhase = 'grow' | 'settle' | 'whole';

export interface ScriptOptions {
  /**
   * Most chains written in one commit. iptables-nft takes time with the square of it (452 s for 55,000 chains, but 5 s in
   * commits of 300), and iptables-legacy copies the whole table at each.
   */
  readonly chainsPerCommit: number;
  /** Which rules of a growing chain come first, and win. */
  readonly growing: 'old-first' | 'new-first';
}

/** The lines for one table and phase; none when there is nothing to do. */
export function* script(diff: TableDiff, phase: ScriptPhase, options: ScriptOptions): Generator<Line> {
  const { name, edits } = diff;
  const { chainsPerCommit } = options;
  // An entrance comes after all it leads to, and a chain goes after all that lead to it.
  const written = calleesFirst(writtenChains(diff.chains, phase, options), chainsPerCommit);
  const deleted = phase === 'grow' ? [] : calleesFirst(diff.chains.filter(isGone), chainsPerCommit).reverse();
  const batches = split(written, chainsPerCommit);
  const [firstDeleted = [], ...restDeleted] = split(deleted, chainsPerCommit);
  const last = batches.pop() ?? [];
  for (const batch of batches) yield* commit(name, write(batch));
  yield* commit(name, [
    ...write(last),
    ...(phase === 'settle' ? [] : edits.flatMap(additions)),
    ...(phase === 'grow' ? [] : edits.flatMap(removals)),
    ...erase(firstDeleted),
  ]);
  for (const batch of restDeleted) yield* commit(name, erase(batch));
}

/** A chain as a phase writes it. */
type Written = ChainDiff & { readonly after: readonly Line[] };

function writtenChains(chains: readonly ChainDiff[], phase: ScriptPhase, options: ScriptOptions): readonly Written[] {
  const wanted = chains.filter((chain): chain is Written => !isGone(chain));
  if (phase === 'whole') return wanted;
  if (phase === 'settle') return wanted.filter((chain) => lost(chain).length > 0);
  return wanted.flatMap((chain) => grown(chain, options));
}

function isGone({ after }: ChainDiff): boolean {
  return after === undefined;
}

/** Rules that the chain has and is not to have. */
function lost({ before = [], after }: Written): readonly string[] {
  if (before.length === 0) return [];
  const kept = new Set(after.map(({ text }) => text));
  return before.filter((line) => !kept.has(line));
}

/** The chain with the rules it has and those it is to have; nothing to write when it has them all. */
function grown(chain: Written, { growing }: ScriptOptions): readonly Written[] {
  const { before = [], after } = chain;
  const old = lost(chain);
  if (old.length === 0) return [chain];
  if (growing === 'new-first') return [{ ...chain, after: [...after, ...old.map((text) => ({ text }))] }];
  const there = new Set(before);
  const added = after.filter(({ text }) => !there.has(text));
  return added.length === 0 ? [] : [{ ...chain, after: [...before.map((text) => ({ text })), ...added] }];
}

function* commit(table: string, lines: readonly Line[]): Generator<Line> {
  if (lines.length === 0) return;
  yield { text: `*${table}` };
  yield* lines;
  yield { text: 'COMMIT' };
}

/** With --noflush the line of a chain makes it, or takes all rules out of it. */
function declare({ name, origin }: ChainDiff): Line {
  return { text: `:${name} - [0:0]`, origin };
}

function write(chains: readonly Written[]): readonly Line[] {
  const rules = chains.flatMap(({ name, after }) =>
    after.map(({ text, origin }) => ({ text: `-A ${name}${text}`, origin })),
  );
  return [...chains.map(declare), ...rules];
}

function erase(chains: readonly ChainDiff[]): readonly Line[] {
  return [...chains.map(declare), ...chains.map(({ name, origin }) => ({ text: `-X ${name}`, origin }))];
}

function additions({ chain, moved, inserted }: ChainEdits): readonly Line[] {
  return [
    ...moved.map((line) => ({ text: `-D ${chain}${line}` })),
    ...inserted.map(({ at, line }) => ({ text: `-I ${chain} ${at}${line.text}`, origin: line.origin })),
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
