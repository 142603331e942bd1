/**
 * cli: `vipc diff`, two snapshots or a snapshot and the live node.
 */
import { type Checked, hasErrors } from '../diag.js';
import { plan } from '../diff/plan.js';
import { changesOf, drainingNotes } from '../diff/sections.js';
import { type Artifact, compile, RESOLVED_FILE, textOf } from '../pipeline.js';
import { loadSources } from '../read/source.js';
import { compare, type ServiceChange } from '../review/compare.js';
import { printChanges, summarise, toJson } from '../review/print.js';
import { render } from '../text.js';
import { type CompletionFlags, completionOf } from './cluster.js';
import { EXIT, type Io, painter, readAll, write, writeLines } from './io.js';
import { compileFor, type NodeFlags, openNode, planOptions, readNode, writeNotes } from './node.js';
import { loadOptions } from './options.js';
import { judged, report } from './report.js';

export interface DiffFlags extends NodeFlags, CompletionFlags {
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
  const node = await openNode(flags);
  const wanted = await compileFor(node, paths, flags, io);
  if ('code' in wanted) return wanted.code;
  const { compiled, options } = wanted;
  const live = await readNode(node, compiled.program);
  const { differences } = plan(live, compiled.program, planOptions(node, options));
  await writeNotes(drainingNotes(differences), io);
  return printDifference(changesOf(differences, live), flags, io);
}

async function diffSnapshots(before: string, after: string, flags: DiffFlags, io: Io): Promise<number> {
  const completion = completionOf(flags);
  const options = await loadOptions(flags);
  const [old, now] = [await compileSide(before), await compileSide(after)];
  const diagnostics = judged([...options.diagnostics, ...old.diagnostics, ...now.diagnostics], flags);
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
  async function compileSide(path: string): Promise<Checked<readonly Artifact[] | undefined>> {
    const sources = await loadSources([path], () => readAll(io.stdin));
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
