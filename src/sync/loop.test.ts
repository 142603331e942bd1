import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { newLoop } from './loop.js';
import type { SyncKind } from './run.js';

/** A sync: seconds since the start, and its kind. */
type Seen = readonly [number, SyncKind];

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

interface Settings {
  readonly seconds?: number;
  readonly results?: boolean[];
  readonly sync?: number;
  readonly minSync?: number;
  readonly lookSeconds?: number;
  readonly isSame?: () => boolean;
}

/** A loop whose syncs take `seconds` and end as `results` say, one after the other; true when there is none left. */
function loopWith({ seconds = 0, results = [] as boolean[], sync = 30, minSync = 1, ...look }: Settings) {
  const start = Date.now();
  const seen: Seen[] = [];
  const { lookSeconds = 0, isSame = () => true } = look;
  const looks: number[] = [];
  const queued: number[] = [];
  const loop = newLoop({
    periods: () => ({ sync, minSync }),
    look: async () => {
      looks.push(Math.floor((Date.now() - start) / 10) / 100);
      if (lookSeconds > 0) await new Promise((resolve) => setTimeout(resolve, lookSeconds * 1000));
      return isSame();
    },
    onQueued: (at) => queued.push((at - start) / 1000),
    sync: async (kind) => {
      // A timer of no time takes a millisecond here.
      seen.push([Math.floor((Date.now() - start) / 10) / 100, kind]);
      if (seconds > 0) await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
      return results.shift() ?? true;
    },
  });
  const pass = (time: number) => jest.advanceTimersByTimeAsync(time * 1000);
  return { loop, seen, looks, queued, pass };
}

describe('the loop', () => {
  it('does nothing before it is started, and begins with a full sync', async () => {
    const { loop, seen, pass } = loopWith({});
    loop.changed();
    await pass(5);
    expect(seen).toEqual([]);
    loop.start();
    await pass(0);
    expect(seen).toEqual([[5, 'full']]);
  });

  it('looks at the whole node every period', async () => {
    const { loop, seen, looks, pass } = loopWith({ lookSeconds: 2 });
    loop.start();
    await pass(65);
    expect(seen).toEqual([[0, 'full']]);
    expect(looks).toEqual([30, 62]);
  });

  it('syncs the whole node at once when it differs', async () => {
    const answers = [false, true];
    const { loop, seen, looks, pass } = loopWith({ lookSeconds: 2, isSame: () => answers.shift() ?? true });
    loop.start();
    await pass(63);
    expect(seen).toEqual([
      [0, 'full'],
      [32, 'full'],
    ]);
    expect(looks).toEqual([30, 62]);
  });

  it('applies a change while it looks, and looks at once when asked to', async () => {
    const { loop, seen, looks, pass } = loopWith({ lookSeconds: 9 });
    loop.start();
    await pass(5);
    loop.check();
    await pass(1);
    loop.changed();
    await pass(0);
    expect(seen).toEqual([
      [0, 'full'],
      [6, 'partial'],
    ]);
    await pass(39);
    expect(looks).toEqual([5, 44]);
  });

  it('applies a change at once when the last sync was long ago, and collects those that follow', async () => {
    const { loop, seen, queued, pass } = loopWith({});
    loop.start();
    await pass(10);
    loop.changed();
    await pass(0.1);
    for (let i = 0; i < 5; i++) {
      loop.changed();
      await pass(0.1);
    }
    await pass(2);
    expect(seen).toEqual([
      [0, 'full'],
      [10, 'partial'],
      [11, 'partial'],
    ]);
    expect(queued).toEqual([10, 10.1]);
  });

  it('never runs two at a time; a change during one is next', async () => {
    const { loop, seen, pass } = loopWith({ seconds: 3, minSync: 0 });
    loop.start();
    await pass(1);
    loop.changed();
    await pass(10);
    expect(seen).toEqual([
      [0, 'full'],
      [3, 'partial'],
    ]);
  });

  it('tries again after a failure with full syncs, later each time, whatever changes meanwhile', async () => {
    const { loop, seen, pass } = loopWith({ results: [true, false, false, false, true] });
    loop.start();
    await pass(10);
    loop.changed();
    await pass(0.5);
    loop.changed();
    await pass(19);
    const times = seen.map(([at]) => at);
    expect(seen.map(([, kind]) => kind)).toEqual(['full', 'partial', 'full', 'full', 'full']);
    const waits = times.slice(2).map((at, i) => at - (times[i + 1] ?? 0));
    for (const [i, wait] of waits.entries()) {
      expect(wait).toBeGreaterThanOrEqual(0.75 * 2 ** i);
      expect(wait).toBeLessThanOrEqual(1.26 * 2 ** i);
    }
    expect(loop.pendingSince()).toBeUndefined();
  });

  it('runs a full sync when asked to', async () => {
    const { loop, seen, pass } = loopWith({});
    loop.start();
    await pass(5);
    loop.refresh();
    await pass(0);
    expect(seen).toEqual([
      [0, 'full'],
      [5, 'full'],
    ]);
  });

  it('stops after the sync that runs', async () => {
    const { loop, seen, pass } = loopWith({ seconds: 3 });
    loop.start();
    await pass(1);
    let stopped = false;
    const stop = loop.stop().then(() => {
      stopped = true;
    });
    loop.changed();
    await pass(1);
    expect(stopped).toBe(false);
    await pass(60);
    await stop;
    expect(seen).toEqual([[0, 'full']]);
  });

  it('runs another full sync when asked to during one', async () => {
    const { loop, seen, pass } = loopWith({ seconds: 3 });
    loop.start();
    await pass(1);
    loop.refresh();
    loop.refresh();
    await pass(10);
    expect(seen).toEqual([
      [0, 'full'],
      [3, 'full'],
    ]);
  });

  it('runs a full sync when asked to while it waits after a failure', async () => {
    const { loop, seen, pass } = loopWith({ results: [false, false, false, false, false, true] });
    loop.start();
    await pass(20);
    const { length } = seen;
    loop.refresh();
    await pass(0);
    expect(seen).toHaveLength(length + 1);
  });

  it.each([
    ['a year', 31_536_000],
    ['292 years', 9.2e9],
    ['for ever', Number.POSITIVE_INFINITY],
  ])('waits %s, though a timer cannot', async (_, sync) => {
    const { loop, seen, pass } = loopWith({ sync, minSync: 0 });
    loop.start();
    await pass(3_000_000);
    expect(seen).toEqual([[0, 'full']]);
    loop.changed();
    await pass(1);
    expect(seen.map(([, kind]) => kind)).toEqual(['full', 'partial']);
  });

  it('holds a change back for minSyncPeriod, though that is longer than a timer can be', async () => {
    const { loop, seen, pass } = loopWith({ sync: 9e9, minSync: 3_000_000 });
    loop.start();
    await pass(1);
    loop.changed();
    await pass(2_900_000);
    expect(seen).toHaveLength(1);
    await pass(100_001);
    expect(seen.map(([, kind]) => kind)).toEqual(['full', 'partial']);
  });

  it('syncs once a second at most, however short the period', async () => {
    const { loop, seen, pass } = loopWith({ sync: 1e-9, minSync: 0 });
    loop.start();
    await pass(10);
    expect(seen.length).toBeLessThanOrEqual(11);
  });

  it.each([-3600, 3600])('goes on when the clock of the day is set by %i s', async (seconds) => {
    const { loop, seen, looks, pass } = loopWith({});
    loop.start();
    await pass(5);
    jest.setSystemTime(Date.now() + seconds * 1000);
    loop.changed();
    await pass(1);
    await pass(30);
    expect(seen.map(([, kind]) => kind)).toEqual(['full', 'partial']);
    expect(looks).toHaveLength(1);
    expect(loop.isAlive()).toBe(true);
  });
});
