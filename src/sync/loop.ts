/**
 * Loop: runs syncs when they are due (schedule.ts). Changes are collected and then applied together; every syncPeriod
 * the whole node is looked at, beside them; a sync that failed is tried again, later each time. One sync runs at a time,
 * and none before `start`.
 *
 *     change ─ at once, or minSyncPeriod after the last sync ─ partial sync
 *     syncPeriod after the last full sync or look ─ look ─ differs ─ full sync
 *     start, or back-off after a failure ─ full sync
 */
import type { Periods } from '../options.js';
import type { SyncKind } from './run.js';
import { dueAt, ended, FIRST, isLookDue, kindAt, looked, looking, type Schedule, started } from './schedule.js';

export interface LoopOptions {
  readonly periods: () => Periods;
  /** Runs a sync; whether it worked. */
  readonly sync: (kind: SyncKind) => Promise<boolean>;
  /** Whether the node is still as it was programmed; it goes on beside syncs. */
  readonly look: () => Promise<boolean>;
  /** Called when a change begins to wait. */
  readonly onQueued?: (at: number) => void;
}

export interface Loop {
  /** An object changed. */
  changed(): void;
  /** The next sync is a full one, at once or after the one that runs. */
  refresh(): void;
  /** A look is due at once, or after the sync that runs. */
  check(): void;
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

/** A loop at work. */
interface State extends LoopOptions {
  schedule: Schedule;
  running: boolean;
  /** When it was started, and when the last look began. */
  startedAt: number;
  lookedAt: number;
  timer?: NodeJS.Timeout | undefined;
  /** The sync that runs, and the look. */
  current?: Promise<void> | undefined;
  beside?: Promise<void> | undefined;
}

/** A loop that waits for `start`. */
export function newLoop(options: LoopOptions): Loop {
  const state: State = { ...options, schedule: FIRST, running: false, startedAt: 0, lookedAt: 0 };
  const plan = (changed: Partial<Schedule>): void => {
    state.schedule = { ...state.schedule, ...changed };
    setTimer(state);
  };
  return {
    changed: () => {
      const pendingSince = state.schedule.pendingSince ?? Date.now();
      if (state.schedule.pendingSince === undefined) options.onQueued?.(pendingSince);
      plan({ pendingSince });
    },
    refresh: () => plan({ isFullAsked: true }),
    check: () => plan({ fullAt: now() }),
    pendingSince: () => state.schedule.pendingSince,
    isAlive: () => {
      const last = Math.max(state.schedule.lastStart, state.startedAt, state.lookedAt);
      return !state.running || now() - last < syncMs(state) + LONGEST_SYNC;
    },
    start: () => {
      state.running = true;
      state.startedAt = now();
      setTimer(state);
    },
    stop: async () => {
      state.running = false;
      clearTimeout(state.timer);
      await state.current;
      await state.beside;
    },
  };
}

function syncMs({ periods }: State): number {
  return Math.max(SHORTEST_PERIOD, periods().sync) * 1000;
}

function due({ schedule, periods }: State): number {
  return dueAt(schedule, periods().minSync * 1000);
}

function setTimer(state: State): void {
  clearTimeout(state.timer);
  if (!state.running || state.current) return;
  state.timer = setTimeout(() => tick(state), Math.min(LONGEST_TIMER, Math.max(0, due(state) - now())));
}

function tick(state: State): void {
  if (isLookDue(state.schedule, now())) state.beside = runLook(state);
  // A timer may be shorter than it had to be; and beside a look nothing else may be due.
  if (due(state) > now()) {
    setTimer(state);
    return;
  }
  state.current = runSync(state).finally(() => {
    state.current = undefined;
    setTimer(state);
  });
}

async function runSync(state: State): Promise<void> {
  const kind = kindAt(state.schedule, now());
  const since = state.schedule.pendingSince;
  state.schedule = started(state.schedule, now());
  const ok = await state.sync(kind);
  const end = { kind, ok, now: now(), syncMs: syncMs(state), since, chance: Math.random() };
  state.schedule = ended(state.schedule, end);
}

async function runLook(state: State): Promise<void> {
  state.lookedAt = now();
  state.schedule = looking(state.schedule);
  const isSame = await state.look();
  state.schedule = looked(state.schedule, isSame, now(), syncMs(state));
  setTimer(state);
}

/** Milliseconds of a clock that is never set: changes do not wait an hour when the clock of the day goes back one. */
const now = (): number => performance.now();
