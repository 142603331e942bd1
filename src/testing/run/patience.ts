/**
 * Patience: how tests wait. None has a limit on the clock, for a busy machine would meet it: what a test waits for is looked
 * for so many times, and each look takes longer there, too. A test that waits without looking is ended when it makes no
 * progress (scripts/progress.js).
 */

/** The longest that a program which a test starts may take: a limit for what hangs, not for what is slow. */
export const TOOL_SECONDS = 600;

/** At least two minutes of them. */
const LOOKS = 2400;
const PAUSE_SECONDS = 0.05;

/** Looks again and again until there is something, and gives it; throws when there is nothing after `looks`. */
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

/** How many looks a second has at least, where it is longer than a second. */
const LOOKS_A_SECOND = 4;

/**
 * How many seconds passed until `look` found it so; Infinity when it was not within `seconds`. A second lasts for as long as
 * four looks at least: a machine that looks slowly does everything slowly.
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

/** How much this process has computed, in seconds: for what must not cost much, however busy the machine is. */
export function computed(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Lets so many seconds pass, for what has to happen by itself or must not happen. */
export function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
