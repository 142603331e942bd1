/**
 * cli: `vipc diff`: two snapshots, or a snapshot and the live node.
 */
import { hasErrors } from '../diag.js';
import { changesOf, notesOf } from '../diff/changes.js';
import { plan } from '../diff/plan.js';
import { remarks } from '../diff/remarks.js';
import { observedNode } from '../dumps/node.js';
import { type Effects, effectsBetween, effectsOnNode } from '../effect/between.js';
import type { ForNode } from '../nodes.js';
import type { Options } from '../options.js';
import type { Compiled } from '../pipeline.js';
import { reversed, type ServiceChange } from '../review/compare.js';
import { difference, grouped, isSame, loneNode, type Meaning, type Review } from '../review/review.js';
import { capturedHost, isCapture } from './captured.js';
import { type CompletionFlags, completionOf } from './cluster.js';
import { type DiffFormat, effectGroups, printEffects } from './effects.js';
import { type Input, openInput } from './input.js';
import { EXIT, type Io, writeLines } from './io.js';
import { compileFor, type NodeAtHand, nodeOn, openNode, planOptions, readNode, writeNotes } from './node.js';
import { type NodeFlags, type NodeTask, nodeTask } from './node-task.js';
import { compileInput, type NodesFlags, nameOf, severalNodes, withoutNodes } from './nodes.js';
import { loadOptions } from './options.js';
import { judged, report } from './report.js';
import { liveReview, printed, sideOf, textsOf } from './review.js';

export interface DiffFlags extends Omit<NodeFlags, 'node'>, NodesFlags, CompletionFlags {
  readonly live?: boolean;
  readonly by: 'rule' | 'effect';
  readonly format: DiffFormat;
}

/** Prints the difference by Service; returns 0 when there is none, else 1. */
export async function runDiff(paths: readonly string[], flags: DiffFlags, io: Io): Promise<number> {
  if (flags.by === 'rule' && (flags.format === 'markdown' || flags.format === 'github'))
    throw new Error(`--format ${flags.format} goes with --by effect`);
  const captures = await Promise.all(paths.map(isCapture));
  const captured = paths.filter((_, i) => captures[i]);
  const others = paths.filter((_, i) => !captures[i]);
  const [capture, another] = captured;
  if (another !== undefined)
    throw new Error(`${capture} and ${another} are both captured nodes: compare each with a snapshot`);
  if ((capture !== undefined || flags.live) && completionOf(flags).allocate)
    throw new Error('a node has no made-up objects: --simulate and the like compare two snapshots');
  const one = withoutNodes(flags);
  if ((capture !== undefined || flags.live) && severalNodes(flags))
    throw new Error('--live and a captured node take at most one --node');
  if (capture !== undefined) {
    if (flags.live || flags.netns !== undefined) {
      throw new Error(`${capture} is a captured node: it cannot be used with ${flags.live ? '--live' : '--netns'}`);
    }
    const task = await nodeTask(others, one, io);
    const node = await nodeOn(await capturedHost(capture), task.at);
    return diffNode(node, task, flags, io, captures[0] === false ? 'to node' : 'from node');
  }
  if (flags.live) {
    const task = await nodeTask(paths, one, io);
    return diffNode(await openNode(task, io), task, flags, io);
  }
  return diffSnapshots(await sidesOf(paths, flags, io), flags, io);
}

/** The two snapshots; a cluster is the first. */
async function sidesOf(paths: readonly string[], flags: DiffFlags, io: Io): Promise<readonly [Input, Input]> {
  const cluster = flags.kubeconfig !== undefined || flags.context !== undefined || (flags.plugin && paths.length === 1);
  const { namespace, ...asked } = flags;
  const own = { namespace, ...(!cluster && { requestTimeout: flags.requestTimeout }) };
  const input = (path: string) => openInput([path], own, io);
  const [first, second, third] = paths;
  if (cluster && first !== undefined && second === undefined)
    return [await openInput([], asked, io), await input(first)];
  if (cluster || first === undefined || second === undefined || third !== undefined) {
    throw new Error(
      'name two snapshots to compare, or one with --live, --context or a captured node to compare with (vipc diff --help)',
    );
  }
  if (first === '-' && second === '-') throw new Error('standard input can be one of the two only');
  return [await input(first), await input(second)];
}

/** A node and its desired state, or the other way round. */
async function diffNode(
  node: NodeAtHand,
  task: NodeTask,
  style: Pick<DiffFlags, 'by' | 'format'>,
  io: Io,
  direction: 'from node' | 'to node' = 'from node',
): Promise<number> {
  const wanted = await compileFor(node, task, io);
  if ('code' in wanted) return wanted.code;
  const { changes, effects } = await changesOn(node, wanted, direction, io);
  const review = direction === 'to node' ? liveReview(reversed(changes), TO_NODE) : liveReview(changes);
  const { compiled, options } = wanted;
  const left = compiled.backend.noRoom?.(compiled.resolved, options).length ?? 0;
  return printDifference(review, style, io, changes.length > 0 ? [{ node: '', effects }] : [], left);
}

/** What a node needs to get its desired state, by rule and by effect; or the other way round. */
export async function changesOn(
  node: NodeAtHand,
  { compiled, options }: { readonly compiled: Compiled; readonly options: Options },
  direction: 'from node' | 'to node',
  io: Io,
): Promise<{ readonly changes: readonly ServiceChange[]; readonly effects: () => Effects }> {
  const live = await readNode(node, compiled.desired);
  await report(remarks(live, compiled.desired), true, io);
  const { differences } = plan(live, compiled.desired, planOptions(node, options));
  await writeNotes(notesOf(differences), io);
  const changes = changesOf(differences, live);
  const effects = () => effectsOnNode(observedNode(live).value.rules, compiled, changes, direction);
  return { changes, effects };
}

/** The meaning of the signs where the snapshot is the first side. */
const TO_NODE: Meaning = { '+': 'only on the node', '-': 'missing on the node' };

async function diffSnapshots([before, after]: readonly [Input, Input], flags: DiffFlags, io: Io): Promise<number> {
  const completion = completionOf(flags);
  const options = await loadOptions(withoutNodes(flags));
  const how = { ...flags, completion };
  const [old, now] = [
    await compileInput(before, flags, options.value, how),
    await compileInput(after, flags, options.value, how),
  ];
  const diagnostics = judged([...options.diagnostics, ...old.compiled.diagnostics, ...now.compiled.diagnostics], flags);
  await report(diagnostics, flags.verbose === true, io);
  if (hasErrors(diagnostics)) return old.unreadable || now.unreadable ? EXIT.trouble : EXIT.different;
  if (completion.allocate) {
    await writeLines(io.stderr, ['synthetic: what the snapshots lack is made up, alike on both sides (-v says what)']);
  }
  const found = [...differences(old.compiled.value, now.compiled.value)];
  const review = { meaning: BETWEEN, synthetic: completion.allocate, ...grouped(found) };
  const differing = found.filter((each) => !isSame(each.difference));
  return printDifference(review, flags, io, differing);
}

/** Of a node that only one side has. */
const NO_EFFECTS: Effects = { effects: [], without: [] };

const BETWEEN: Meaning = { '+': 'only in B', '-': 'only in A' };

/** The difference node by node; a node on one side only is a change of its own. */
export function* differences(before: readonly ForNode[], after: readonly ForNode[]) {
  const [was, is] = [new Map(before.map((each) => [each.node, each])), new Map(after.map((each) => [each.node, each]))];
  for (const node of [...new Set([...was.keys(), ...is.keys()])].sort()) {
    const [then, now] = [was.get(node), is.get(node)];
    if (then && now) {
      const [old, artifacts] = [then.artifacts(), now.artifacts()];
      const name = nameOf(now, artifacts);
      const found = difference(sideOf(old, textsOf(old)), sideOf(artifacts, textsOf(artifacts)));
      const effects = () => {
        const [was, is] = [then.compiled(), now.compiled()];
        return was && is ? effectsBetween(was, is, found.rules) : NO_EFFECTS;
      };
      yield { node: name, difference: found, effects };
    } else yield { node, difference: loneNode(node, now ? '+' : '-'), effects: () => NO_EFFECTS };
  }
}

/**
 * Prints the review as asked for; the exit code says whether anything differs. `left`: how many ServicePorts have no place on
 * the node, which is no difference, but what they need is not there.
 */
async function printDifference(
  review: Review,
  { by, format }: Pick<DiffFlags, 'by' | 'format'>,
  io: Io,
  differing: readonly { readonly node: string; readonly effects: () => Effects }[],
  left = 0,
): Promise<number> {
  const same = review.groups.length === 0;
  if (by === 'rule') await printed(review, format === 'json', io);
  else {
    const groups = effectGroups(differing.map(({ node, effects }) => ({ node, effects: effects() })));
    await printEffects(groups, review, format, io);
  }
  const but = left === 0 ? '' : `, but no port is left for ${left} ServicePort${left === 1 ? '' : 's'}`;
  if (same && format !== 'json') await writeLines(io.stderr, [`no difference${but}`]);
  return same ? EXIT.ok : EXIT.different;
}
