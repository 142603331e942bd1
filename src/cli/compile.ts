/**
 * cli: `vipc compile`.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { hasErrors } from '../diag.js';
import { makeOutputDirectory, replaceFiles } from '../files.js';
import type { Family } from '../ip.js';
import type { ForNode } from '../nodes.js';
import { type Artifact, type How, RESOLVED_FILE, textOf } from '../pipeline.js';
import { listed } from '../review/line.js';
import { partJson, partText } from '../synthetic.js';
import { chunks, joined, type Text } from '../text.js';
import { check } from './check.js';
import { type CompletionFlags, completionOf } from './cluster.js';
import { type ClustersFlags, clustersetCIDRs } from './clusters.js';
import { type InputFlags, openInput } from './input.js';
import { EXIT, type Io, writeJsonPieces, writeLines, writeText } from './io.js';
import { compileEach, compileInput, folderOf, type NodesFlags, severalNodes, withoutNodes } from './nodes.js';
import { loadOptions, type OptionFlags } from './options.js';
import { doing } from './progress.js';
import { judged, report } from './report.js';

export interface CompileFlags
  extends Omit<OptionFlags, 'node'>,
    NodesFlags,
    CompletionFlags,
    ClustersFlags,
    InputFlags {
  readonly family: Family;
  readonly output?: string;
  readonly check?: string;
  readonly format: 'text' | 'json' | 'resolved';
  readonly skipInvalid?: boolean;
  readonly strict?: boolean;
  readonly verbose?: boolean;
}

/** Compiles the input of `paths` and prints, writes or checks the result; returns the exit code. */
export async function runCompile(paths: readonly string[], flags: CompileFlags, io: Io): Promise<number> {
  checkFlags(flags);
  const completion = completionOf(flags);
  const options = await loadOptions(withoutNodes(flags));
  const { skipInvalid = false, layout } = flags;
  const how: How = { skipInvalid, layout, completion, ...clustersetCIDRs(flags) };
  const { unreadable, compiled } = await (flags.cluster === undefined
    ? compileInput(await openInput(paths, flags, io), flags, options.value, how)
    : compileEach(paths, flags, options.value, how, io));
  const diagnostics = judged([...options.diagnostics, ...compiled.diagnostics], flags);
  await report(diagnostics, flags.verbose === true, io);
  if (hasErrors(diagnostics)) return unreadable ? EXIT.trouble : EXIT.different;

  const { check: golden, output, format } = flags;
  const synthetic = completion.allocate;
  if (golden !== undefined) return check(golden, compiled.value, { json: format === 'json', synthetic }, io);
  if (output !== undefined) return writeNodes(output, compiled.value, io);
  return format === 'resolved' ? printTables(compiled.value, io) : print(compiled.value, flags, io);
}

function checkFlags(flags: CompileFlags): void {
  const { output, check, format } = flags;
  if (output !== undefined && check !== undefined) throw new Error('use either -o or --check, not both');
  if (format !== 'text' && output !== undefined) {
    throw new Error(`--format ${format} is for standard output; -o writes files of its own format`);
  }
  if (format === 'resolved' && check !== undefined) {
    throw new Error('--format resolved is for standard output; --check prints text, or json');
  }
  if (severalNodes(flags) && (output ?? check) === undefined && format !== 'resolved') {
    throw new Error('each of several nodes has rules of its own: -o DIR, --check DIR, or --format resolved');
  }
}

/** The tables of resolved.txt, of both families, node by node. */
async function printTables(nodes: readonly ForNode[], io: Io): Promise<number> {
  for (const [i, { artifacts }] of nodes.entries()) {
    const tables = artifacts().filter(({ name }) => name === RESOLVED_FILE);
    if (i > 0) await writeLines(io.stdout, ['']);
    for (const table of tables) await writeText(io.stdout, textOf(table));
  }
  return EXIT.ok;
}

/** The rules of one family to standard output; several artifacts are separated by headings. */
async function print(
  [only]: readonly ForNode[],
  { family: shown, format }: Pick<CompileFlags, 'family' | 'format'>,
  io: Io,
): Promise<number> {
  const artifacts = only?.artifacts() ?? [];
  const rules = artifacts
    .filter(({ name }) => name !== RESOLVED_FILE)
    .map(({ name, parts }) => ({ name, parts: parts.filter(({ family = shown }) => family === shown) }))
    .filter(({ parts }) => parts.length > 0);
  doing('writing rules', io);
  for (const { name, parts } of rules) {
    if (format === 'json') for (const part of parts) await writeJsonPieces(io.stdout, partJson(part));
    else await writeText(io.stdout, joined([...heading(name, rules.length), ...parts.map(partText)]));
  }
  const others = artifacts
    .filter(({ name }) => name === RESOLVED_FILE)
    .flatMap(({ parts }) => parts.filter(({ family, ports }) => family !== shown && ports > 0));
  await writeLines(
    io.stderr,
    others.map(({ family, ports }) => {
      const are = `${ports} ServicePort${ports === 1 ? ' is' : 's are'}`;
      return `note: ${are} ${family} and not shown: --family ${family}, or -o DIR for both`;
    }),
  );
  return EXIT.ok;
}

/** A heading that every tool reads as a comment. */
function heading(name: string, files: number): readonly Text[] {
  return files === 1 ? [] : [[{ text: `### ${name}` }]];
}

/** Every artifact into a directory: either all files are replaced, each as a whole, or none. */
async function writeArtifacts(directory: string, artifacts: readonly Artifact[], io: Io): Promise<number> {
  makeOutputDirectory(directory);
  doing(`writing ${directory}`, io);
  replaceFiles(
    directory,
    artifacts.map((artifact) => ({ name: artifact.name, pieces: chunks(textOf(artifact)) })),
  );
  const wrote = artifacts.map(({ name, parts }) => {
    const ports = parts.reduce((sum, part) => sum + part.ports, 0);
    return `wrote ${join(directory, name)} (${ports} ServicePort${ports === 1 ? '' : 's'})`;
  });
  await writeLines(io.stderr, wrote);
  return EXIT.ok;
}

/** A folder for each of several nodes; nodes with the same rules share one line of output. */
async function writeNodes(directory: string, nodes: readonly ForNode[], io: Io): Promise<number> {
  const quiet: Io = { ...io, stderr: nowhere() };
  const rules = new Map<string, string[]>();
  for (const each of nodes) {
    const artifacts = each.artifacts();
    if (each.node === '') return writeArtifacts(directory, artifacts, io);
    await writeArtifacts(folderOf(directory, each), artifacts, quiet);
    const key = digestOf(artifacts.filter(({ name }) => name !== RESOLVED_FILE));
    rules.set(key, [...(rules.get(key) ?? []), each.node]);
  }
  for (const names of rules.values()) {
    const alike = names.length > 1 ? ', whose rules are alike' : '';
    await writeLines(io.stderr, [`wrote ${join(directory, '*')} of ${listed(names, NAMED)}${alike}`]);
  }
  return EXIT.ok;
}

const NAMED = 5;

function nowhere(): Io['stderr'] {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}

/** A digest that tells whether nodes have the same rules, without keeping the rules. */
function digestOf(artifacts: readonly Artifact[]): string {
  const hash = createHash('sha256');
  for (const artifact of artifacts) {
    hash.update(`${artifact.name}\n`);
    for (const chunk of chunks(textOf(artifact))) hash.update(chunk);
  }
  return hash.digest('hex');
}
