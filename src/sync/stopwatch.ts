/**
 * Stopwatch: how long each step of a sync took.
 */

/** Milliseconds by step, and in total. */
export type Times = Readonly<Record<string, number>>;

export interface Stopwatch {
  readonly time: <T>(step: string, work: () => Promise<T>) => Promise<T>;
  readonly timeSync: <T>(step: string, work: () => T) => T;
  readonly times: () => Times;
}

/** A stopwatch that starts now. */
export function stopwatch(): Stopwatch {
  const started = performance.now();
  const times: Record<string, number> = {};
  const stop = (step: string, start: number): void => {
    times[step] = round((times[step] ?? 0) + performance.now() - start);
  };
  return {
    time: async (step, work) => {
      const start = performance.now();
      try {
        return await work();
      } finally {
        stop(step, start);
      }
    },
    timeSync: (step, work) => {
      const start = performance.now();
      try {
        return work();
      } finally {
        stop(step, start);
      }
    },
    times: () => ({ ...times, total: round(performance.now() - started) }),
  };
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10;
}
