/**
 * Patience: how tests wait. No test has a time limit, because a busy machine would exceed it. Instead a test checks a
 * condition a number of times, and on a busy machine each check takes longer too. A test that waits without checking
 * fails when it makes no progress (scripts/progress.js).
 */

/** The time limit for a program that a test starts: for one that hangs, not for a slow one. */
export const TOOL_SECONDS = 600;

/** They take at least two minutes. */
const LOOKS = 2400;
const PAUSE_SECONDS = 0.05;

/** Calls `look` until it returns something, and returns that; throws when there is nothing after `looks` calls. */
export async function eventually<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  looks = LOOKS,
): Promise<T> {
  for (let i = 0; i < looks; i++) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    await pause(PAUSE_SECONDS);
  }
  throw new Error(`never: ${what} (${looks} looks)`);
}

/** The minimal number of looks per second: on a slow machine, a second is stretched to fit them. */
const LOOKS_A_SECOND = 4;

/**
 * How many seconds passed until `look` returned true; Infinity when it did not within `seconds`. A second lasts for at
 * least four looks, because a machine that looks slowly does everything slowly.
 */
export async function within(seconds: number, look: () => Promise<boolean>): Promise<number> {
  const start = performance.now();
  for (let looks = 0; ; looks++) {
    if (await look()) return Math.min((performance.now() - start) / 1000, looks / LOOKS_A_SECOND);
    const passed = (performance.now() - start) / 1000;
    if (Math.min(passed, (looks + 1) / LOOKS_A_SECOND) >= seconds) return Number.POSITIVE_INFINITY;
    await pause(PAUSE_SECONDS);
  }
}

/** The CPU seconds of this process, to limit costs independently of the load on the machine. */
export function computed(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Waits for something that must happen by itself, or must not happen. */
export function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
