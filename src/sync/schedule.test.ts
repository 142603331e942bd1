import { expect, it } from '@jest/globals';
import { dueAt, ended, FIRST, kindAt, type Schedule, started } from './schedule.js';

const MIN_SYNC = 1000;
const NEVER = Number.POSITIVE_INFINITY;
const AT_ONCE = Number.NEGATIVE_INFINITY;

/** After a full sync that ran from 10,000 to 11,000, with a period of 30 s. */
const SYNCED: Schedule = { ...FIRST, lastStart: 10_000, fullAt: 41_000 };

it.each<[string, Schedule, number, ReturnType<typeof kindAt>]>([
  ['nothing was synced yet', FIRST, AT_ONCE, 'full'],
  ['nothing changed', SYNCED, 41_000, 'partial'],
  ['a change waits', { ...SYNCED, pendingSince: 1 }, 11_000, 'partial'],
  ['a change waits and the period has passed', { ...SYNCED, pendingSince: 1, fullAt: 10_500 }, 10_500, 'full'],
  ['a full sync is asked for', { ...SYNCED, isFullAsked: true }, AT_ONCE, 'full'],
  ['a sync failed', { ...SYNCED, failures: 1, retryAt: 12_000 }, 12_000, 'full'],
  ['a sync failed and a change waits', { ...SYNCED, failures: 1, retryAt: 12_000, pendingSince: 1 }, 12_000, 'full'],
  ['a sync failed and a full one is asked for', { ...SYNCED, retryAt: 12_000, isFullAsked: true }, AT_ONCE, 'full'],
  ['the period has no end', { ...SYNCED, fullAt: NEVER }, NEVER, 'partial'],
])('%s: when the next sync is due, and its kind at 11 s', (_, schedule, due, kind) => {
  expect(dueAt(schedule, MIN_SYNC)).toBe(due);
  expect(kindAt(schedule, 11_000)).toBe(kind);
});

it('a sync takes the changes that wait and the full sync that is asked for', () => {
  const { pendingSince, isFullAsked, lastStart } = started({ ...SYNCED, pendingSince: 1, isFullAsked: true }, 12_000);
  expect({ pendingSince, isFullAsked, lastStart }).toEqual({ isFullAsked: false, lastStart: 12_000 });
});

/** A sync that ran until 20,000, without jitter. */
const END = { kind: 'partial', ok: true, now: 20_000, syncMs: 30_000, since: 7, chance: 0.5 } as const;

it.each<[string, Partial<Schedule>, Partial<Parameters<typeof ended>[1]>, Partial<Schedule>]>([
  ['a partial sync leaves the next full one where it was', {}, {}, { failures: 0, fullAt: 41_000 }],
  ['a full one moves it', {}, { kind: 'full' }, { fullAt: 50_000 }],
  ['success ends a row of failures', { failures: 3, retryAt: 1 }, {}, { failures: 0, retryAt: undefined }],
  ['what changed meanwhile waits', { pendingSince: 9 }, {}, { pendingSince: 9 }],
  ['the first failure', {}, { ok: false }, { failures: 1, retryAt: 21_000, pendingSince: 7, fullAt: 41_000 }],
  ['the third', { failures: 2 }, { ok: false }, { failures: 3, retryAt: 24_000 }],
  ['the tenth waits no longer than the period', { failures: 9 }, { ok: false }, { retryAt: 50_000 }],
  ['the shortest wait', {}, { ok: false, chance: 0 }, { retryAt: 20_750 }],
  ['a failed full sync is still due', {}, { ok: false, kind: 'full' }, { fullAt: 41_000 }],
  ['a failure without changes before it', { pendingSince: 9 }, { ok: false, since: undefined }, { pendingSince: 9 }],
])('%s', (_, before, end, after) => {
  expect(ended({ ...SYNCED, ...before }, { ...END, ...end })).toMatchObject(after);
});
