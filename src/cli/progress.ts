/**
 * cli: a progress line on a terminal, which is erased before other output. Reading and compiling keep the process busy
 * for seconds, in which it runs no timer, so another thread writes the line:
 *
 *     doing(what) ── message ──→ thread: after 2 s, and then 4 times a second, the line
 *     hide()      ── state ────→ no line any more; a visible one is erased
 */
import { writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { printable } from '../printable.js';
import { CELLS, type Doing, ERASE, withLock } from './progress-state.js';

const state = new Int32Array(new SharedArrayBuffer(Object.keys(CELLS).length * Int32Array.BYTES_PER_ELEMENT));

let thread: Worker | undefined;
let turn = 0;

/** The terminal of a user. */
export interface Terminal {
  readonly stderr: NodeJS.WritableStream;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Announces the work from now on, for the case that it takes long; only if standard error is an interactive terminal.
 */
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
  // Without the thread there is only no progress line.
  worker.on('error', () => {});
  return worker;
}

/** Erases the line, before other output to the terminal. */
export function hide(): void {
  if (!thread) return;
  withLock(state, () => {
    Atomics.store(state, CELLS.turn, 0);
    if (Atomics.exchange(state, CELLS.shown, 0) === 1) writeSync(process.stderr.fd, ERASE);
  });
}
