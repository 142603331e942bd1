/**
 * sparing: failures → those that are told. A burst of failed connections is a few lines of the log, not thousands of them.
 */
import type { Failure } from './types.js';

/** Milliseconds: of each Service and reason one failure is told in this time. */
const EVERY = 10_000;

/**
 * Tells the first failure of a Service for one reason at once, and later ones every ten seconds: the last of them, with how
 * many were `left` out. `later` calls back after milliseconds.
 */
export function sparing(
  tell: (failure: Failure) => void,
  later: (act: () => void, ms: number) => void,
): (failure: Failure) => void {
  const waiting = new Map<string, { last?: Failure; left: number }>();
  const end = (key: string): void => {
    const { last, left } = waiting.get(key) ?? { left: 0 };
    waiting.delete(key);
    if (last) begin(key, { ...last, ...(left > 1 && { left: left - 1 }) });
  };
  const begin = (key: string, failure: Failure): void => {
    waiting.set(key, { left: 0 });
    tell(failure);
    later(() => end(key), EVERY);
  };
  return (failure) => {
    const key = `${failure.service} ${failure.why}`;
    const now = waiting.get(key);
    if (!now) return begin(key, failure);
    now.last = failure;
    now.left++;
  };
}
