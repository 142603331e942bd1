/**
 * cli: a path → the dumps there: the file, or the files of a directory. Other files are left out.
 */
import { type Dirent, existsSync, readdirSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { showPath } from '../diag.js';
import type { DumpText } from '../dumps/dumps.js';
import { kindOf } from '../dumps/kind.js';
import { readText } from '../files.js';
import { manifestsIn } from '../read/source.js';
import { MARK } from './captured.js';

/** The dumps at `path`, recognised by their content, in the order of their names; manifests are not read. */
export function dumpsIn(path: string): readonly DumpText[] {
  const files = statSync(path).isDirectory() ? filesIn(path) : [path];
  const texts = files.filter((name) => !/\.ya?ml$/.test(name)).map((name) => ({ name, text: readText(name) }));
  return texts.filter(isDump);
}

/** Whether a text is a dump by its content. */
export function isDump(text: DumpText): boolean {
  const { value, diagnostics } = kindOf(text);
  return value !== 'nothing' && diagnostics.length === 0;
}

/**
 * Why a directory without dumps of its own stands for no node: the rules are in directories below it, each of a node, and no
 * manifest is beside them. Undefined if that is not so.
 */
export async function rulesBelow(directory: string): Promise<Error | undefined> {
  const below = entriesIn(directory, (entry) => entry.isDirectory() && !/^(?:\.|node_modules$)/.test(entry.name));
  const ruled = below.filter((path) => existsSync(join(path, MARK)) || dumpsIn(path).length > 0);
  if (ruled.length === 0) return undefined;
  const manifests = await manifestsIn(directory);
  if (manifests.some((path) => !ruled.some((other) => path.startsWith(other + sep)))) return undefined;
  const found = ruled.length === 1 ? 'a directory with rules is' : `${ruled.length} directories with rules are`;
  return new Error(
    `${showPath(directory)} has no rules itself, but ${found} in it: ${shortList(ruled.map(showPath))}\n` +
      `  name ${ruled.length === 1 ? 'that one' : 'one of them: each stands for one node'}`,
  );
}

/** At most five of them, and how many more there are. */
function shortList(names: readonly string[]): string {
  const shown = names.slice(0, 5);
  return [...shown, ...(names.length > shown.length ? [`${names.length - shown.length} more`] : [])].join(', ');
}

function filesIn(directory: string): readonly string[] {
  return entriesIn(directory, (entry) => entry.isFile());
}

function entriesIn(directory: string, wanted: (entry: Dirent) => boolean): readonly string[] {
  const entries = readdirSync(directory, { withFileTypes: true }).filter(wanted);
  return entries.map(({ name }) => join(directory, name)).sort();
}
