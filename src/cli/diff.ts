/**
 * cli: `vipc diff`, two snapshots or a snapshot and the live node.
 */
import { type Checked, hasErrors } from '../diag.js';
import { plan } from '../diff/plan.js';
import { changesOf, drainingNotes } from '../diff/sections.js';
import { type Artifact, compile, RESOLVED_FILE, textOf } from '../pipeline.js';
import { compare, reversed, type ServiceChange } from '../review/compare.js';
import { printChanges, summarise, toJson } from '../review/print.js';
import { render } from '../text.js';
import { RULES } from './api-sources.js';
import { capturedHost, isCapture } from './captured.js';
import { type CompletionFlags, completionOf } from './cluster.js';
import { type Input, openInput } from './input.js';
import { EXIT, type Io, painter, write, writeLines } from './io.js';
import {
  compileFor,
  type NodeAtHand,
  type NodeFlags,
  nodeOn,
  openNode,
  planOptions,
  readNode,
  writeNotes,
} from './node.js';
import { loadOptions } from './options.js';
import { report } from './report.js';

export interface DiffFlags extends NodeFlags, CompletionFlags {
  readonly live?: boolean;
  readonly format: 'text' | 'json';
}

/** Prints what differs, by Service; returns 0 when nothing does, else 1. */
export async function runDiff(paths: readonly string[], flags: DiffFlags, io: Io): Promise<number> {
  const captures = await Promise.all(paths.map(isCapture));
  const captured = paths.filter((_, i) => captures[i]);
  const others = paths.filter((_, i) => !captures[i]);
  const [capture, another] = captured;
  if (another !== undefined)
    throw new Error(`${capture} and ${another} are both captured nodes: compare each with a snapshot`);
  if ((capture !== undefined || flags.live) && completionOf(flags).allocate)
    throw new Error('what is made up is on no node: --simulate and the like are for two snapshots');
  if (capture !== undefined) {
    if (flags.live || flags.netns !== undefined) {
      throw new Error(`${capture} is a captured node: ${flags.live ? '--live' : '--netns'} is for another`);
    }
    const node = await nodeOn(await capturedHost(capture), flags);
    return diffNode(node, others, flags, io, captures[0] === false ? 'to node' : 'from node');
  }
  if (flags.live) return diffNode(await openNode(flags), paths, flags, io);
  return diffSnapshots(await sidesOf(paths, flags, io), flags, io);
}

/** Two snapshots, of which a cluster is the first. */
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
  return [await input(first), await input(second)];
}

/** A node, and what it is to have; or the other way round. */
async function diffNode(
  node: NodeAtHand,
  paths: readonly string[],
  flags: DiffFlags,
  io: Io,
  direction: 'from node' | 'to node' = 'from node',
): Promise<number> {
  const wanted = await compileFor(node, paths, flags, io);
  if ('code' in wanted) return wanted.code;
  const { compiled, options } = wanted;
  const live = await readNode(node, compiled.program);
  const { differences } = plan(live, compiled.program, planOptions(node, options));
  await writeNotes(drainingNotes(differences), io);
  const changes = changesOf(differences, live);
  return printDifference(direction === 'to node' ? reversed(changes) : changes, flags, io);
}

async function diffSnapshots([before, after]: readonly [Input, Input], flags: DiffFlags, io: Io): Promise<number> {
  const completion = completionOf(flags);
  const options = await loadOptions(flags);
  const [old, now] = [await compileSide(before), await compileSide(after)];
  const diagnostics = [...options.diagnostics, ...old.diagnostics, ...now.diagnostics];
  await report(diagnostics, flags.verbose === true, io);
  if (hasErrors(diagnostics)) return old.value && now.value ? EXIT.different : EXIT.trouble;
  if (completion.allocate) {
    await writeLines(io.stderr, ['synthetic: what the snapshots lack is made up, alike on both sides (-v says what)']);
  }
  return printDifference(
    compare(sectionsOf(old.value ?? []), sectionsOf(now.value ?? [])),
    flags,
    io,
    completion.allocate,
  );

  /** Without a value when it cannot be read. */
  async function compileSide(side: Input): Promise<Checked<readonly Artifact[] | undefined>> {
    const sources = await side.read(RULES);
    if (hasErrors(sources.diagnostics)) return { value: undefined, diagnostics: sources.diagnostics };
    const { value, diagnostics } = compile(sources.value, options.value, { ...flags, completion });
    return { value, diagnostics: [...sources.diagnostics, ...diagnostics] };
  }
}

function sectionsOf(artifacts: readonly Artifact[]) {
  return artifacts
    .filter(({ name }) => name !== RESOLVED_FILE)
    .flatMap((artifact) =>
      artifact.sections(render(textOf(artifact))).map((section) => ({
        ...section,
        title: `${artifact.name.replace(/\.(?:rules|conf)$/, '')} ${section.title}`,
      })),
    );
}

/** Prints the changes as asked for; the exit code says whether there are any. */
export async function printDifference(
  changes: readonly ServiceChange[],
  { format }: Pick<DiffFlags, 'format'>,
  io: Io,
  synthetic = false,
): Promise<number> {
  const same = changes.length === 0;
  const mark = synthetic ? { synthetic: true } : {};
  if (format === 'json') await write(io.stdout, [`${JSON.stringify({ same, ...mark, changes: toJson(changes) })}\n`]);
  else if (same) await writeLines(io.stderr, ['no difference']);
  else await writeLines(io.stdout, [...printChanges(changes, painter(io.stdout, io.env)), '', summarise(changes)]);
  return same ? EXIT.ok : EXIT.different;
}
