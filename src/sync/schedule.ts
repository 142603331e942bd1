/**
 * Schedule: when the next sync is due and of what kind, as a value and pure functions of it. Times are in milliseconds of
 * a clock that is never set, unless said otherwise.
 */
import type { SyncKind } from './run.js';

export interface Schedule {
  /** Whether a full sync was asked for that has not begun. */
  readonly isFullAsked: boolean;
  /** When the oldest change came that no sync has taken, by the clock of the day. */
  readonly pendingSince?: number | undefined;
  readonly lastStart: number;
  /** When the next full sync is due. */
  readonly fullAt: number;
  /** Failures in a row. */
  readonly failures: number;
  /** When a failed sync is tried again. */
  readonly retryAt?: number | undefined;
}

/** Nothing was synced yet: a full sync is due at once. */
export const FIRST: Schedule = {
  isFullAsked: false,
  lastStart: Number.NEGATIVE_INFINITY,
  fullAt: Number.NEGATIVE_INFINITY,
  failures: 0,
};

/** When the next sync is due; a change waits until `minSyncMs` after the start of the last sync. */
export function dueAt({ isFullAsked, retryAt, pendingSince, lastStart, fullAt }: Schedule, minSyncMs: number): number {
  if (isFullAsked) return Number.NEGATIVE_INFINITY;
  // After a failure the old rules stay; more changes do not make it succeed sooner.
  if (retryAt !== undefined) return retryAt;
  return Math.min(pendingSince === undefined ? Number.POSITIVE_INFINITY : lastStart + minSyncMs, fullAt);
}

/** The kind of a sync that starts at `now`. */
export function kindAt({ isFullAsked, retryAt, fullAt }: Schedule, now: number): SyncKind {
  return isFullAsked || retryAt !== undefined || now >= fullAt ? 'full' : 'partial';
}

/** Whether all that is due at `now` is a look whether the node is still as it was programmed. */
export function isLookDue({ isFullAsked, retryAt, fullAt }: Schedule, now: number): boolean {
  return !isFullAsked && retryAt === undefined && Number.isFinite(fullAt) && now >= fullAt;
}

/** The schedule while a look goes on, beside which changes are synced. */
export function looking(schedule: Schedule): Schedule {
  return { ...schedule, fullAt: Number.POSITIVE_INFINITY };
}

/** The schedule after a look that ended at `now`: where the node differs, a full sync is due. */
export function looked(schedule: Schedule, isSame: boolean, now: number, syncMs: number): Schedule {
  return { ...schedule, fullAt: now + syncMs, isFullAsked: schedule.isFullAsked || !isSame };
}

/** The schedule while a sync runs: what is asked for and changes from now on is for the next one. */
export function started(schedule: Schedule, now: number): Schedule {
  return { ...schedule, isFullAsked: false, pendingSince: undefined, lastStart: now };
}

/** A sync that ended at `now`. */
export interface Ended {
  readonly kind: SyncKind;
  readonly ok: boolean;
  readonly now: number;
  readonly syncMs: number;
  /** `pendingSince` when it started. */
  readonly since: number | undefined;
  /** From 0 to 1: many nodes may fail for one reason, and should not all retry at one moment. */
  readonly chance: number;
}

/** The schedule after a sync, from the one that it had when it ended. */
export function ended(schedule: Schedule, { kind, ok, now, syncMs, since, chance }: Ended): Schedule {
  if (ok) {
    const fullAt = kind === 'full' ? now + syncMs : schedule.fullAt;
    return { ...schedule, failures: 0, retryAt: undefined, fullAt };
  }
  const failures = schedule.failures + 1;
  const retryAt = now + backOff(failures, syncMs) * (0.75 + chance / 2);
  // The changes of a failed sync still wait, since they came.
  return { ...schedule, failures, retryAt, pendingSince: since ?? schedule.pendingSince };
}

/** Milliseconds. */
const FIRST_RETRY = 1000;

/** Doubles with each failure, up to the period. */
function backOff(failures: number, syncMs: number): number {
  return Math.min(FIRST_RETRY * 2 ** (failures - 1), syncMs);
}
