/**
 * cli: a path → the dumps there: the file, or the files of a directory. Other files are left out.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DumpText } from '../dumps/dumps.js';
import { kindOf } from '../dumps/kind.js';
import { readText } from '../files.js';

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

function filesIn(directory: string): readonly string[] {
  const entries = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map(({ name }) => join(directory, name)).sort();
}
