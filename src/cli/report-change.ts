/**
 * cli: `vipc report --against` and `--live`: what the page says of another snapshot, or of a node.
 */
import { hasErrors } from '../diag.js';
import { front } from '../front.js';
import type { Options } from '../options.js';
import { printable } from '../printable.js';
import type { Change, Drift } from '../report/model.js';
import { together } from '../report/together.js';
import { EVERY_KIND } from './api-sources.js';
import { completionOf } from './cluster.js';
import { changesOn, differences } from './diff.js';
import { effectGroups } from './effects.js';
import { type Input, openInput } from './input.js';
import { EXIT, type Io, writeLines } from './io.js';
import { compileFor, openNode } from './node.js';
import { nodeTask } from './node-task.js';
import { compileInput, type NodesFlags, withoutNodes } from './nodes.js';
import { doing } from './progress.js';
import { judged, report } from './report.js';
import { once, type ReportFlags } from './report-input.js';

interface Asked {
  readonly input: Input;
  readonly options: Options;
  readonly flags: ReportFlags;
  readonly io: Io;
}

/** What changes from the snapshot at `path` to this one; the exit code, when it has errors. */
export async function against(path: string, { input, options, flags, io }: Asked): Promise<Change | number> {
  const { namespace } = flags;
  const how = { ...flags, completion: completionOf(flags) };
  const other = once(await openInput([path], { namespace }, io));
  const node = await comparedOn([other, input], flags, options, io);
  const on: Options = { ...options, nodeName: node[0] ?? options.nodeName };
  const before = await compileInput(other, { node }, on, how);
  const after = await compileInput(input, { node }, on, how);
  const diagnostics = judged([...before.compiled.diagnostics, ...after.compiled.diagnostics], flags);
  if (hasErrors(diagnostics)) {
    await report(diagnostics, flags.verbose === true, io);
    return before.unreadable ? EXIT.trouble : EXIT.different;
  }
  doing('comparing', io);
  const found = [...differences(before.compiled.value, after.compiled.value)];
  const rules = found.map(({ node, difference }) => ({ node, changes: difference.rules }));
  const effects = effectGroups(found.map(({ node, effects }) => ({ node, effects: effects() })));
  const told = effects.filter((each) => each.effects.length + each.without.length > 0);
  return { from: printable(path), effects: told, rules: together(rules) };
}

/** Each node takes as long as a compilation. */
const MOST_COMPARED = 8;

/** The nodes that the flags name, else the first of all that the snapshots have. */
async function comparedOn(
  inputs: readonly Input[],
  { node = [], allNodes = false }: NodesFlags,
  options: Options,
  io: Io,
): Promise<readonly string[]> {
  if (node.length > 0) return node;
  if (options.nodeName !== '') return [options.nodeName];
  const sources = await Promise.all(inputs.map((each) => each.read(EVERY_KIND)));
  const names = sources.flatMap(({ value }) =>
    front(value, { skipInvalid: true, empty: 'fine' }).value.cluster.nodes.map(({ metadata }) => metadata.name),
  );
  const all = [...new Set(names)].sort();
  if (allNodes || all.length <= MOST_COMPARED) return all;
  await writeLines(io.stderr, [
    `note: compared on ${MOST_COMPARED} of ${all.length} Nodes; --node names others, --all-nodes takes all`,
  ]);
  return all.slice(0, MOST_COMPARED);
}

/** How this node differs from its rules, and the options with its machine. */
export async function driftOf({
  input,
  flags,
  io,
}: Asked): Promise<{ readonly drift: Drift; readonly options: Options } | number> {
  const task = { ...(await nodeTask([], withoutNodes(flags), io)), input: async () => input };
  const node = await openNode(task, io);
  const wanted = await compileFor(node, task, io);
  if ('code' in wanted) return wanted.code;
  const { changes, effects } = await changesOn(node, wanted, 'from node', io);
  const name = wanted.compiled.resolved[0]?.node.name ?? '';
  const group = changes.length === 0 ? [] : effectGroups([{ node: name, effects: effects() }]);
  return {
    drift: { node: name, effects: group, rules: together([{ node: name, changes }]) },
    options: { ...wanted.options, nodeName: name },
  };
}
