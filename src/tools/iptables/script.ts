/**
 * script: RuleSetDiff → input for `iptables-restore --noflush` that changes only what differs.
 *
 * A table is changed in one commit, which packets see whole or not at all. Where a replacement in another table or tool
 * must be in place before rules are deleted, there are two commits: `grow` adds the new rules and keeps the old, and
 * `settle` deletes the old.
 */
import type { Line } from '../../text.js';
import type { ChainDiff, ChainEdits, TableDiff } from './diff.js';
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
  /** Which rules of a growing chain come first and take effect. */
  readonly growing: 'old-first' | 'new-first';
}

/** The lines for one table and phase; none when there is nothing to do. */
export function* script(diff: TableDiff, phase: ScriptPhase, options: ScriptOptions): Generator<Line> {
  const { name, edits, entrances } = diff;
  const { chainsPerCommit } = options;
  const all = writtenChains(diff.chains, phase, options);
  if (options.deletesFirst && phase === 'whole') yield* commit(name, all.flatMap(endpointsGone));
  // A chain is written after all chains it leads to, and deleted after all chains that lead to it.
  const isLast = ({ name, before }: ChainDiff) =>
    before !== undefined && all.length > chainsPerCommit && entrances.has(name);
  const written = calleesFirst(
    all.filter((chain) => !isLast(chain)),
    chainsPerCommit,
  );
  const deleted = phase === 'grow' ? [] : calleesFirst(diff.chains.filter(isGone), chainsPerCommit).reverse();
  const batches = split(written, chainsPerCommit);
  const [firstDeleted = [], ...restDeleted] = split(deleted, chainsPerCommit);
  const last = batches.pop() ?? [];
  for (const batch of batches) yield* commit(name, write(batch));
  yield* commit(name, [
    // What packets enter changes at once: between two of these commits another layout could be half there.
    ...write([...last, ...all.filter(isLast)]),
    ...(phase === 'settle' ? [] : edits.flatMap(additions)),
    ...(phase === 'grow' ? [] : edits.flatMap(removals)),
    ...erase(firstDeleted),
  ]);
  for (const batch of restDeleted) yield* commit(name, erase(batch));
}

/** A chain as a phase writes it. */
type Written = ChainDiff & { readonly after: readonly Line[] };

function writtenChains(chains: readonly ChainDiff[], phase: ScriptPhase, options: ScriptOptions): readonly Written[] {
  const desired = chains.filter((chain): chain is Written => !isGone(chain));
  if (phase === 'whole') return desired;
  if (phase === 'settle') return desired.filter((chain) => lost(chain).length > 0);
  return desired.flatMap((chain) => grown(chain, options));
}

/**
 * Deletes the rules that lead a share of connections to an endpoint that the chain no longer has. The connections then go on
 * to the next rules; the last one takes all, and stays.
 */
function endpointsGone({ name, before = [], after }: Written): readonly Line[] {
  const kept = new Set(after.flatMap(({ text }) => ENDPOINT.exec(text)?.[1] ?? []));
  return before.flatMap((text) => {
    const [, random, endpoint] = SHARE.exec(text) ?? [];
    return random === undefined || kept.has(endpoint ?? '') ? [] : [{ text: `-D ${name}${text}` }];
  });
}

const ENDPOINT = / -j DNAT --to-destination (\S+)$/;
const SHARE = /( -m statistic --mode random --probability \S+) -j DNAT --to-destination (\S+)$/;

function isGone({ after }: ChainDiff): boolean {
  return after === undefined;
}

/** Rules that the chain has and must lose. */
function lost({ before = [], after }: Written): readonly string[] {
  if (before.length === 0) return [];
  const kept = new Set(after.map(({ text }) => text));
  return before.filter((line) => !kept.has(line));
}

/** The chain with both its old and its new rules; nothing to write when it already has them all. */
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

/** With --noflush, declaring a chain creates it, or flushes it if it exists. */
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
