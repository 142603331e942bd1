/**
 * cli: the thread that writes the line of progress.ts.
 */
import { writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { CELLS, type Doing, ERASE, withLock } from './progress-state.js';

/** Shorter work needs no line; milliseconds. */
const PATIENCE = 2000;
const PERIOD = 250;
const STDERR = 2;

const state = workerData as Int32Array;
let doing: Doing | undefined;
let [since, busySince] = [0, 0];

parentPort?.on('message', (next: Doing) => {
  since = Date.now();
  if (!doing) busySince = since;
  doing = next;
});

setInterval(() => {
  if (!doing || Date.now() - busySince < PATIENCE) return;
  const { turn, what, columns } = doing;
  const seconds = Math.floor((Date.now() - since) / 1000);
  const line = `${what}${seconds > 0 ? `, ${seconds} s` : ''} …`.slice(0, columns - 1);
  withLock(state, () => {
    if (Atomics.load(state, CELLS.turn) !== turn) return;
    Atomics.store(state, CELLS.shown, 1);
    writeSync(STDERR, `${ERASE}${line}`);
  });
}, PERIOD);
