/**
 * cli: state shared by progress.ts and its thread.
 */

/** Places in the shared memory. */
export const CELLS = {
  /** 1 while one of the two threads holds it. */
  lock: 0,
  /** The turn whose line may be shown; 0 for none. */
  turn: 1,
  /** 1 while a line is shown. */
  shown: 2,
} as const;

/** The work in progress since this message. */
export interface Doing {
  readonly turn: number;
  readonly what: string;
  readonly columns: number;
}

/** Moves to the beginning of the line and clears it (ECMA-48 EL). */
export const ERASE = '\r\u001b[K';

/** Runs `use` while the other thread does not hold the lock. */
export function withLock(state: Int32Array, use: () => void): void {
  while (Atomics.compareExchange(state, CELLS.lock, 0, 1) !== 0) Atomics.wait(state, CELLS.lock, 1, 100);
  try {
    use();
  } finally {
    Atomics.store(state, CELLS.lock, 0);
    Atomics.notify(state, CELLS.lock);
  }
}
