/**
 * Loop: when to sync. Changes are collected and then applied together; the whole node is looked at every syncPeriod; after
 * a failure it is tried again, later each time. One sync runs at a time, and never before `start`.
 *
 *     change ─ at once, or minSyncPeriod after the sync before ─ partial sync
 *     syncPeriod after the last full sync, or back-off after a failure ─ full sync
 */
import type { Periods } from '../options.js';
import type { SyncKind } from './syncer.js';

export interface LoopOptions {
  readonly periods: () => Periods;
  /** Runs a sync; whether it worked. */
  readonly sync: (kind: SyncKind) => Promise<boolean>;
  /** Told when a change begins to wait. */
  readonly onQueued?: (at: number) => void;
}

export interface Loop {
  /** Something changed. */
  changed(): void;
  /** The next sync is to be a full one, and soon. */
  refresh(): void;
  /** From now on. */
  start(): void;
  /** When the oldest change came that no sync has had, in ms. */
  pendingSince(): number | undefined;
  /** Whether syncs come when they are due, or one runs that has not run for too long. */
  isAlive(): boolean;
  /** Resolves when the sync that runs has ended; there is no other after it. */
  stop(): Promise<void>;
}

/** Milliseconds. */
const FIRST_RETRY = 1000;

/** Seconds: less would be nothing but looking at the node. */
const SHORTEST_PERIOD = 1;

/** Milliseconds: setTimeout takes 31 bits and would fire at once; what is due later is waited for again. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Seconds: tools are given two minutes each, and there are a few of them. */
const LONGEST_SYNC = 600;

/** A loop that waits to be started. */
export function newLoop({ periods, sync, onQueued }: LoopOptions): Loop {
  const syncSeconds = () => Math.max(SHORTEST_PERIOD, periods().sync);
  let running = false;
  let wanted = false;
  let pendingSince: number | undefined;
  let lastStart = Number.NEGATIVE_INFINITY;
  let startedAt = 0;
  let fullAt = Number.NEGATIVE_INFINITY;
  let failures = 0;
  let retryAt: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  let current: Promise<void> | undefined;

  const nextAt = (): number => {
    if (wanted) return now();
    // After a failure the old rules stay; more changes do not make it succeed sooner.
    if (retryAt !== undefined) return retryAt;
    const changeAt = pendingSince === undefined ? Number.POSITIVE_INFINITY : lastStart + periods().minSync * 1000;
    return Math.min(changeAt, fullAt);
  };

  const schedule = (): void => {
    clearTimeout(timer);
    if (!running || current) return;
    timer = setTimeout(tick, Math.min(LONGEST_TIMER, Math.max(0, nextAt() - now())));
  };

  const tick = (): void => {
    if (nextAt() > now()) {
      schedule();
      return;
    }
    current = run().finally(() => {
      current = undefined;
      schedule();
    });
  };

  const run = async (): Promise<void> => {
    const kind: SyncKind = wanted || retryAt !== undefined || now() >= fullAt ? 'full' : 'partial';
    const since = pendingSince;
    pendingSince = undefined;
    // What is wanted from here on is not in this one.
    wanted = false;
    lastStart = now();
    const ok = await sync(kind);
    failures = ok ? 0 : failures + 1;
    // What failed waits still, as long as it did.
    if (!ok) pendingSince = since ?? pendingSince;
    retryAt = ok ? undefined : now() + backOff(failures, syncSeconds());
    if (ok && kind === 'full') fullAt = now() + syncSeconds() * 1000;
  };

  return {
    changed: () => {
      if (pendingSince === undefined) {
        pendingSince = Date.now();
        onQueued?.(pendingSince);
      }
      schedule();
    },
    refresh: () => {
      wanted = true;
      schedule();
    },
    pendingSince: () => pendingSince,
    isAlive: () => !running || now() - Math.max(lastStart, startedAt) < (syncSeconds() + LONGEST_SYNC) * 1000,
    start: () => {
      running = true;
      startedAt = now();
      schedule();
    },
    stop: async () => {
      running = false;
      clearTimeout(timer);
      await current;
    },
  };
}

/** Milliseconds of a clock that nobody sets: when that of the day goes back an hour, no change waits for one. */
const now = (): number => performance.now();

/** Doubles with each failure, up to the period, with some jitter: many nodes may fail for one reason. */
function backOff(failures: number, syncSeconds: number): number {
  const delay = Math.min(FIRST_RETRY * 2 ** (failures - 1), syncSeconds * 1000);
  return delay * (0.75 + Math.random() / 2);
}
