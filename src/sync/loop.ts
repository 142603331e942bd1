/**
 * Loop: runs syncs when they are due (schedule.ts). Changes are collected and then applied together; the whole node is
 * read every syncPeriod; a sync that failed is tried again, later each time. One sync runs at a time, and none before
 * `start`.
 *
 *     change ─ at once, or minSyncPeriod after the last sync ─ partial sync
 *     syncPeriod after the last full sync, or back-off after a failure ─ full sync
 */
import type { Periods } from '../options.js';
import type { SyncKind } from './run.js';
import { dueAt, ended, FIRST, kindAt, type Schedule, started } from './schedule.js';

export interface LoopOptions {
  readonly periods: () => Periods;
  /** Runs a sync; whether it worked. */
  readonly sync: (kind: SyncKind) => Promise<boolean>;
  /** Called when a change begins to wait. */
  readonly onQueued?: (at: number) => void;
}

export interface Loop {
  /** An object changed. */
  changed(): void;
  /** The next sync is a full one, at once or after the one that runs. */
  refresh(): void;
  start(): void;
  /** When the oldest change came that no sync has taken, in ms since 1970. */
  pendingSince(): number | undefined;
  /** Whether the loop is alive: no sync is overdue or stuck. */
  isAlive(): boolean;
  /** Resolves when the running sync has ended; no other follows it. */
  stop(): Promise<void>;
}

/** Seconds: with a shorter period the loop would do nothing but read the node. */
const SHORTEST_PERIOD = 1;

/** Milliseconds: setTimeout takes 31 bits and would fire at once; for a sync due later the timer is set again. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Milliseconds: each tool has a timeout of two minutes, and a sync runs a few of them. */
const LONGEST_SYNC = 600_000;

/** A loop that waits for `start`. */
export function newLoop({ periods, sync, onQueued }: LoopOptions): Loop {
  const syncMs = () => Math.max(SHORTEST_PERIOD, periods().sync) * 1000;
  const due = () => dueAt(schedule, periods().minSync * 1000);
  let schedule: Schedule = FIRST;
  let running = false;
  let startedAt = 0;
  let timer: NodeJS.Timeout | undefined;
  let current: Promise<void> | undefined;

  const setTimer = (): void => {
    clearTimeout(timer);
    if (!running || current) return;
    timer = setTimeout(tick, Math.min(LONGEST_TIMER, Math.max(0, due() - now())));
  };
  const tick = (): void => {
    if (due() > now()) {
      setTimer();
      return;
    }
    current = run().finally(() => {
      current = undefined;
      setTimer();
    });
  };
  const run = async (): Promise<void> => {
    const kind = kindAt(schedule, now());
    const since = schedule.pendingSince;
    schedule = started(schedule, now());
    const ok = await sync(kind);
    schedule = ended(schedule, { kind, ok, now: now(), syncMs: syncMs(), since, chance: Math.random() });
  };

  return {
    changed: () => {
      if (schedule.pendingSince === undefined) {
        const at = Date.now();
        schedule = { ...schedule, pendingSince: at };
        onQueued?.(at);
      }
      setTimer();
    },
    refresh: () => {
      schedule = { ...schedule, isFullAsked: true };
      setTimer();
    },
    pendingSince: () => schedule.pendingSince,
    isAlive: () => !running || now() - Math.max(schedule.lastStart, startedAt) < syncMs() + LONGEST_SYNC,
    start: () => {
      running = true;
      startedAt = now();
      setTimer();
    },
    stop: async () => {
      running = false;
      clearTimeout(timer);
      await current;
    },
  };
}

/** Milliseconds of a clock that is never set: changes do not wait an hour when the clock of the day goes back one. */
const now = (): number => performance.now();
