/**
 * cli: a line on a terminal that says what takes so long, and is gone when there is an answer. Reading and compiling keep
 * the process busy for seconds, in which it runs no timer, so another thread writes the line:
 *
 *     doing(what) ── message ──→ thread: after 2 s, and then 4 times a second, the line
 *     hide()      ── state ────→ no line any more; the one that is there is erased
 */
import { writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { printable } from '../printable.js';
import { CELLS, type Doing, ERASE, withLock } from './progress-state.js';

const state = new Int32Array(new SharedArrayBuffer(Object.keys(CELLS).length * Int32Array.BYTES_PER_ELEMENT));

let thread: Worker | undefined;
let turn = 0;

/** Where a person may be looking. */
export interface Terminal {
  readonly stderr: NodeJS.WritableStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Says what is done from now on, if that takes long, where standard error is a terminal that a person looks at. */
export function doing(what: string, { stderr, env }: Terminal): void {
  if (stderr !== process.stderr || process.stderr.isTTY !== true || env['TERM'] === 'dumb' || env['CI']) return;
  thread ??= start();
  turn++;
  withLock(state, () => Atomics.store(state, CELLS.turn, turn));
  const message: Doing = { turn, what: printable(what), columns: process.stderr.columns || 80 };
  thread.postMessage(message);
}

function start(): Worker {
  const worker = new Worker(new URL('./progress-thread.js', import.meta.url), { workerData: state });
  worker.unref();
  // Without it there is no line, and that is all.
  worker.on('error', () => {});
  return worker;
}

/** Takes the line away, before something else is written to the terminal. */
export function hide(): void {
  if (!thread) return;
  withLock(state, () => {
    Atomics.store(state, CELLS.turn, 0);
    if (Atomics.exchange(state, CELLS.shown, 0) === 1) writeSync(process.stderr.fd, ERASE);
  });
}
