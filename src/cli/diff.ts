/**
 * cli: `vipc diff`, two snapshots or a snapshot and the live node.
 */
import { hasErrors } from '../diag.js';
import { plan } from '../diff/plan.js';
import { changesOf, drainingNotes } from '../diff/sections.js';
import type { ForNode } from '../nodes.js';
import { difference, grouped, loneNode, type Meaning, type Review } from '../review/review.js';
import { type CompletionFlags, completionOf } from './cluster.js';
import { EXIT, type Io, writeLines } from './io.js';
import { compileFor, type NodeFlags, openNode, planOptions, readNode, writeNotes } from './node.js';
import { compileInput, type NodesFlags, nameOf, severalNodes, withoutNodes } from './nodes.js';
import { loadOptions } from './options.js';
import { report } from './report.js';
import { liveReview, printed, sideOf, textsOf } from './review.js';

export interface DiffFlags extends Omit<NodeFlags, 'node'>, NodesFlags, CompletionFlags {
  readonly live?: boolean;
  readonly format: 'text' | 'json';
}

/** Prints what differs, by Service; returns 0 when nothing does, else 1. */
export async function runDiff(paths: readonly string[], flags: DiffFlags, io: Io): Promise<number> {
  if (flags.live) return diffLive(paths, flags, io);
  const [before, after, another] = paths;
  if (before === undefined || after === undefined || another !== undefined) {
    throw new Error('name two snapshots to compare, or one with --live to compare with this node (vipc diff --help)');
  }
  return diffSnapshots(before, after, flags, io);
}

async function diffLive(paths: readonly string[], flags: DiffFlags, io: Io): Promise<number> {
  if (completionOf(flags).allocate)
    throw new Error('what is made up is not for a live node: --simulate and --live exclude each other');
  if (severalNodes(flags)) throw new Error('this node is one: --live goes with one --node at most');
  const one = withoutNodes(flags);
  const node = await openNode(one);
  const wanted = await compileFor(node, paths, one, io);
  if ('code' in wanted) return wanted.code;
  const { compiled, options } = wanted;
  const live = await readNode(node, compiled.program);
  const { differences } = plan(live, compiled.program, planOptions(node, options));
  await writeNotes(drainingNotes(differences), io);
  return printDifference(liveReview(changesOf(differences, live)), flags, io);
}

async function diffSnapshots(before: string, after: string, flags: DiffFlags, io: Io): Promise<number> {
  const completion = completionOf(flags);
  const options = await loadOptions(withoutNodes(flags));
  const how = { ...flags, completion };
  const [old, now] = [
    await compileInput([before], flags, options.value, how, io),
    await compileInput([after], flags, options.value, how, io),
  ];
  const diagnostics = [...options.diagnostics, ...old.compiled.diagnostics, ...now.compiled.diagnostics];
  await report(diagnostics, flags.verbose === true, io);
  if (hasErrors(diagnostics)) return old.unreadable || now.unreadable ? EXIT.trouble : EXIT.different;
  if (completion.allocate) {
    await writeLines(io.stderr, ['synthetic: what the snapshots lack is made up, alike on both sides (-v says what)']);
  }
  const found = differences(old.compiled.value, now.compiled.value);
  const review = { meaning: BETWEEN, synthetic: completion.allocate, ...grouped(found) };
  return printDifference(review, flags, io);
}

const BETWEEN: Meaning = { '+': 'only in B', '-': 'only in A' };

/** Node by node; one that only one side has is a change by itself. */
function* differences(before: readonly ForNode[], after: readonly ForNode[]) {
  const [was, is] = [new Map(before.map((each) => [each.node, each])), new Map(after.map((each) => [each.node, each]))];
  for (const node of [...new Set([...was.keys(), ...is.keys()])].sort()) {
    const [then, now] = [was.get(node), is.get(node)];
    if (then && now) {
      const [old, artifacts] = [then.artifacts(), now.artifacts()];
      const name = nameOf(now, artifacts);
      yield { node: name, difference: difference(sideOf(old, textsOf(old)), sideOf(artifacts, textsOf(artifacts))) };
    } else yield { node, difference: loneNode(node, now ? '+' : '-') };
  }
}

/** Prints the review as asked for; the exit code says whether anything differs. */
export async function printDifference(review: Review, { format }: Pick<DiffFlags, 'format'>, io: Io): Promise<number> {
  const same = review.groups.length === 0;
  await printed(review, format === 'json', io);
  if (same && format !== 'json') await writeLines(io.stderr, ['no difference']);
  return same ? EXIT.ok : EXIT.different;
}
