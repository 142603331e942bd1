/**
 * cli: `--check DIR`: compares compiled artifacts with the files of a directory.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FILES } from '../backends/index.js';
import { readText } from '../files.js';
import type { ForNode } from '../nodes.js';
import { type Artifact, RESOLVED_FILE } from '../pipeline.js';
import { diffLines } from '../review/compare.js';
import { type Difference, difference, grouped, isSame, loneNode, type Review } from '../review/review.js';
import { EXIT, type Io, writeLines } from './io.js';
import { folderOf, nameOf } from './nodes.js';
import { type Kept, printed, sideOf, textsOf } from './review.js';

export interface CheckStyle {
  readonly json: boolean;
  readonly synthetic: boolean;
}

/** Prints how the artifacts differ from the files in `directory`; returns 0 when they do not, else 1. */
export async function check(
  directory: string,
  nodes: readonly ForNode[],
  { json, synthetic }: CheckStyle,
  io: Io,
): Promise<number> {
  const found = [];
  let ports = 0;
  for (const each of nodes) {
    const artifacts = each.artifacts();
    ports += portsOf(artifacts);
    found.push({
      node: nameOf(each, artifacts),
      difference: await differenceFrom(folderOf(directory, each), artifacts),
    });
  }
  if (nodes.some(({ node }) => node !== '')) found.push(...(await others(directory, nodes)));
  const meaning = { '+': 'compiled now', '-': `in ${directory} only` };
  const review: Review = { meaning, synthetic, ...grouped(found) };
  const same = review.groups.length === 0;
  await printed(review, json, io);
  const empty = ports === 0 ? ', but there is no ServicePort: such a check never fails' : '';
  const verdict = same
    ? `${directory} is up to date${empty}`
    : `${directory} differs; compile again with -o ${directory} to accept`;
  await writeLines(io.stderr, [verdict]);
  return same ? EXIT.ok : EXIT.different;
}

/** Other files in a directory of several nodes: those of a single node, and folders of nodes that are gone. */
async function others(directory: string, nodes: readonly ForNode[]) {
  const names = new Set(nodes.map(({ node }) => node));
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory() && !names.has(entry.name)).map(({ name }) => name);
  const gone = [];
  for (const name of folders.sort())
    if ((await leftIn(join(directory, name), [])).length > 0)
      gone.push({ node: name, difference: loneNode(name, '-') });
  const left = await leftIn(directory, []);
  const nothing = { resolved: [], sections: [] };
  return left.length === 0 ? gone : [...gone, { node: '', difference: difference(nothing, nothing, [], left) }];
}

/** Files of vipc in a directory that are not among `compiled`, such as those of another mode. */
async function leftIn(directory: string, compiled: readonly Artifact[]): Promise<readonly string[]> {
  const names = new Set(compiled.map(({ name }) => name));
  const there = new Set(await readdir(directory).catch(() => []));
  return [...FILES, RESOLVED_FILE].filter((name) => there.has(name) && !names.has(name));
}

function portsOf(artifacts: readonly Artifact[]): number {
  const tables = artifacts.filter(({ name }) => name === RESOLVED_FILE);
  return tables.flatMap(({ parts }) => parts).reduce((sum, part) => sum + part.ports, 0);
}

async function differenceFrom(directory: string, artifacts: readonly Artifact[]): Promise<Difference> {
  const kept = new Map<string, string>();
  for (const { name } of artifacts) {
    const text = textAt(join(directory, name));
    if (text !== undefined) kept.set(name, text);
  }
  const there = artifacts.filter(({ name }) => kept.has(name));
  const missing = artifacts.filter(({ name }) => !kept.has(name)).map(({ name }) => name);
  const compiled = textsOf(there);
  const left = await leftIn(directory, artifacts);
  const found = difference(sideOf(there, kept), sideOf(there, compiled), missing, left);
  return isSame(found) ? reordered(there, kept, compiled) : found;
}

/** The text of a file; undefined when it does not exist. */
function textAt(path: string): string | undefined {
  try {
    return readText(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** A mere change of order, which no section shows, line by line. Widths of table columns do not count. */
function reordered(artifacts: readonly Artifact[], kept: Kept, compiled: Kept): Difference {
  const plain = (name: string, text = '') => {
    const lines = text.split('\n');
    return name === RESOLVED_FILE ? lines.map((line) => line.trim().replace(/ {2,}/g, '  ')) : lines;
  };
  const rules = artifacts.flatMap(({ name }) => {
    const lines = diffLines(plain(name, kept.get(name)), plain(name, compiled.get(name)));
    return lines.every(({ kind }) => kind === ' ') ? [] : [{ sections: [{ title: name, lines }] }];
  });
  const count = (wanted: string) =>
    rules.flatMap(({ sections: [{ lines } = { lines: [] }] }) => lines).filter(({ kind }) => kind === wanted).length;
  const lines = { added: count('+'), removed: count('-') };
  return { summary: rules.length === 0 ? [] : [{ change: '~', fields: [], lines }], resolved: [], rules };
}
