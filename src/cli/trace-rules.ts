/**
 * cli: `--rules` and `--live` → the rules of a node.
 */
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { readMachine, readState } from '../apply/read.js';
import { type Checked, showPath } from '../diag.js';
import { type DumpText, readDumps } from '../dumps/dumps.js';
import type { ReadNode } from '../dumps/node.js';
import type { Machine } from '../options.js';
import { capturedHost, isCapture } from './captured.js';
import { dumpsIn, rulesBelow } from './dump-files.js';
import { type Io, readAll } from './io.js';
import { detectedOf, type NodeAtHand, nodeOn, rulesAt } from './node.js';

/** A node with its rules; with `machine` if it is live or captured. */
export interface RuledNode extends ReadNode {
  readonly machine?: Machine;
}

/** The node of `--rules`: of dumps, of directories of dumps, or of one directory of vipc capture. */
export async function ruledBy(paths: readonly string[], io: Io): Promise<Checked<RuledNode>> {
  const captures = await Promise.all(paths.map(isCapture));
  const [capture] = paths.filter((_, i) => captures[i]);
  if (capture !== undefined) {
    if (paths.length > 1) throw new Error(`${capture} is a captured node: no other --rules go with it`);
    return asked(await nodeOn(await capturedHost(capture), { iptables: 'auto' }));
  }
  const texts: DumpText[] = [];
  for (const path of paths) {
    try {
      texts.push(...(await textsAt(path, io)));
    } catch (error) {
      throw unreadable(path, error);
    }
  }
  return readDumps(texts);
}

async function textsAt(path: string, io: Io): Promise<readonly DumpText[]> {
  if (path === '-') return [{ name: '<stdin>', text: (await readAll(io.stdin)).toString('utf8') }];
  if (statSync(path).isDirectory()) return await filesIn(path);
  // readText() refuses a pipe, such as `<(ssh node iptables-save)`.
  return [{ name: path, text: await readFile(path, 'utf8') }];
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'permission denied',
};

function unreadable(path: string, error: unknown): unknown {
  const why = WHY[String(Object(error).code)];
  return why === undefined ? error : new Error(`--rules ${showPath(path)}: ${why}`);
}

/** The dumps in a directory; other files, such as `vipc compile -o` writes, are skipped. */
async function filesIn(directory: string): Promise<readonly DumpText[]> {
  const dumps = dumpsIn(directory);
  if (dumps.length > 0) return dumps;
  const none = `${directory} has no file that iptables-save, nft list ruleset, ipset save or ipvsadm --save -n wrote, and is no capture`;
  throw (await rulesBelow(directory)) ?? new Error(none);
}

/** The rules of a live or captured node. */
export async function asked(node: NodeAtHand): Promise<Checked<RuledNode>> {
  const [state, machine] = await Promise.all([readState(node.host, detectedOf(node), {}), readMachine(node.host)]);
  const { value, diagnostics } = await rulesAt(node, state);
  return { value: { ...value, machine }, diagnostics };
}
