/**
 * cli: `vipc compile`.
 */
import { existsSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Checked, hasErrors } from '../diag.js';
import type { Family } from '../ip.js';
import type { Options } from '../options.js';
import { type Artifact, backendFor, compile, compileClusters, type How, RESOLVED_FILE, textOf } from '../pipeline.js';
import { chunks, joined, type Text } from '../text.js';
import { check } from './check.js';
import { type CompletionFlags, completionOf } from './cluster.js';
import { type ClustersFlags, clustersetCIDRs, loadClusters } from './clusters.js';
import { loadInput } from './input.js';
import { EXIT, type Io, write, writeLines, writeText } from './io.js';
import { loadOptions, type OptionFlags } from './options.js';
import { judged, report } from './report.js';

export interface CompileFlags extends OptionFlags, CompletionFlags, ClustersFlags {
  readonly family: Family;
  readonly layout?: string;
  readonly output?: string;
  readonly check?: string;
  readonly format: 'text' | 'json';
  readonly skipInvalid?: boolean;
  readonly strict?: boolean;
  readonly verbose?: boolean;
}

/** Compiles what `paths` name and prints, writes or checks the result; returns the exit code. */
export async function runCompile(paths: readonly string[], flags: CompileFlags, io: Io): Promise<number> {
  if (flags.output !== undefined && flags.check !== undefined) throw new Error('use either -o or --check, not both');
  if (flags.format === 'json' && (flags.output ?? flags.check) !== undefined) {
    throw new Error('--format json is for standard output; -o and --check have files of their own kind');
  }

  const completion = completionOf(flags);
  const options = await loadOptions(flags);
  const layouts = backendFor(options.value.mode)?.layouts ?? [];
  if (flags.layout !== undefined && layouts.length > 0 && !layouts.includes(flags.layout)) {
    throw new Error(`there is no layout ${JSON.stringify(flags.layout)}; there is ${layouts.join(', ')}`);
  }
  const how = { ...flags, completion, ...clustersetCIDRs(flags) };
  const from = flags.cluster === undefined ? compilePaths : compileEach;
  const { unreadable, compiled } = await from(paths, flags, options.value, how, io);
  const diagnostics = judged([...options.diagnostics, ...compiled.diagnostics], flags);
  await report(diagnostics, flags.verbose === true, io);
  if (hasErrors(diagnostics)) return unreadable ? EXIT.trouble : EXIT.different;

  if (flags.check !== undefined) return check(flags.check, compiled.value, io);
  if (flags.output !== undefined) return writeArtifacts(flags.output, compiled.value, io);
  return print(compiled.value, flags, io);
}

interface Result {
  /** Some file could not be read. */
  readonly unreadable: boolean;
  readonly compiled: Checked<readonly Artifact[]>;
}

/** One cluster. */
async function compilePaths(
  paths: readonly string[],
  _flags: CompileFlags,
  options: Options,
  how: How,
  io: Io,
): Promise<Result> {
  const { value: sources, diagnostics: read } = await loadInput(paths, io);
  if (hasErrors(read)) return { unreadable: true, compiled: { value: [], diagnostics: read } };
  const { value, diagnostics } = compile(sources, options, how);
  return { unreadable: false, compiled: { value, diagnostics: [...read, ...diagnostics] } };
}

/** Each `--cluster` by itself, then what they are together. */
async function compileEach(
  paths: readonly string[],
  flags: CompileFlags,
  options: Options,
  how: How,
  io: Io,
): Promise<Result> {
  const { unreadable, clusters } = await loadClusters(paths, flags, how, io);
  const read = clusters.diagnostics;
  if (hasErrors(read)) return { unreadable, compiled: { value: [], diagnostics: read } };
  const { value, diagnostics } = compileClusters(clusters.value, options, how);
  return { unreadable, compiled: { value, diagnostics: [...read, ...diagnostics] } };
}

/** The rules of one family to standard output; where a mode has several artifacts, each under its name. */
async function print(artifacts: readonly Artifact[], flags: CompileFlags, io: Io): Promise<number> {
  const rules = artifacts
    .filter(({ name }) => name !== RESOLVED_FILE)
    .map(({ name, parts }) => ({ name, parts: parts.filter(({ family = flags.family }) => family === flags.family) }))
    .filter(({ parts }) => parts.length > 0);
  for (const { name, parts } of rules) {
    if (flags.format === 'json') for (const { json } of parts) await write(io.stdout, json);
    else await writeText(io.stdout, joined([...heading(name, rules.length), ...parts.map(({ text }) => text)]));
  }
  const others = artifacts
    .filter(({ name }) => name === RESOLVED_FILE)
    .flatMap(({ parts }) => parts.filter(({ family, ports }) => family !== flags.family && ports > 0));
  await writeLines(
    io.stderr,
    others.map(({ family, ports }) => {
      const are = `${ports} ServicePort${ports === 1 ? ' is' : 's are'}`;
      return `note: ${are} ${family} and not shown: --family ${family}, or -o DIR for both`;
    }),
  );
  return EXIT.ok;
}

/** A comment to every tool. */
function heading(name: string, files: number): readonly Text[] {
  return files === 1 ? [] : [[{ text: `### ${name}` }]];
}

/** Node's own `recursive` never ends where the file system says no with ENOENT, as /proc does. */
async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || existsSync(dirname(path))) throw error;
    await makeDirectory(dirname(path));
    await mkdir(path);
  }
}

async function replaceFile(path: string, artifact: Artifact): Promise<void> {
  const temporary = `${path}.tmp`;
  const file = await open(temporary, 'w');
  try {
    for (const chunk of chunks(textOf(artifact))) await file.write(chunk);
    await file.close();
    await rename(temporary, path);
  } catch (error) {
    await file.close();
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Every artifact into a directory; each file is replaced whole or not at all. */
async function writeArtifacts(directory: string, artifacts: readonly Artifact[], io: Io): Promise<number> {
  await makeDirectory(directory);
  for (const artifact of artifacts) {
    const path = join(directory, artifact.name);
    await replaceFile(path, artifact);
    const ports = artifact.parts.reduce((sum, part) => sum + part.ports, 0);
    await writeLines(io.stderr, [`wrote ${path} (${ports} ServicePort${ports === 1 ? '' : 's'})`]);
  }
  return EXIT.ok;
}
