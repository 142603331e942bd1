/**
 * Page: a page that `vipc report` writes, in a file for a browser.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { vipc } from './vipc.js';

/** Writes the page for the arguments; its address. Throws what vipc says when it writes none. */
export async function reportPage(argv: readonly string[], stdin = ''): Promise<string> {
  const file = join(mkdtempSync(join(tmpdir(), 'page-')), 'report.html');
  const { code, stderr } = await vipc(['report', ...argv, '-o', file], stdin);
  if (code !== 0) throw new Error(`vipc report: exit ${code}: ${stderr}`);
  return pathToFileURL(file).href;
}
