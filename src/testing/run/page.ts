/**
 * Page: a page that `vipc report` writes, in a file for a browser, and its input.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readCluster } from '../../front.js';
import { loadSources } from '../../read/source.js';
import type { Snapshot } from '../../read/types.js';
import { vipc } from './vipc.js';

/** Writes the page for the arguments; its address. Throws what vipc says when it writes none. */
export async function reportPage(argv: readonly string[], stdin = ''): Promise<string> {
  const file = fileOf('report.html', '');
  const { code, stderr } = await vipc(['report', ...argv, '-o', file], stdin);
  if (code !== 0) throw new Error(`vipc report: exit ${code}: ${stderr}`);
  return pathToFileURL(file).href;
}

/** A file of that name, in a folder of its own. */
export function fileOf(name: string, text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'page-')), name);
  writeFileSync(file, text);
  return file;
}

/** The objects of a file. */
export async function snapshotOf(file: string): Promise<Snapshot> {
  const { value } = await loadSources([file], async () => Buffer.alloc(0));
  return readCluster(value, {}).value;
}
