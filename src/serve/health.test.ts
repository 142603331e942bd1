import { describe, expect, it } from '@jest/globals';
import { proxyHealth } from './health.js';

const TIMEOUT = 60_000;

/** Events, in seconds, and the health at the end of them. */
const TABLE: readonly (readonly [
  what: string,
  events: readonly (readonly ['queued' | 'synced', number])[],
  now: number,
  healthy: boolean,
  lastUpdated: number | undefined,
])[] = [
  ['nothing yet', [], 10_000, true, undefined],
  ['a first change that is never synced: starting up', [['queued', 0]], 10_000, true, undefined],
  ['synced, and nothing changes for hours', [['synced', 0]], 10_000, true, 0],
  [
    'a change that waits, but not yet for long',
    [
      ['synced', 0],
      ['queued', 10],
    ],
    69.999,
    true,
    0,
  ],
  [
    'a change that waits for the timeout',
    [
      ['synced', 0],
      ['queued', 10],
    ],
    70,
    false,
    0,
  ],
  [
    'more changes do not make the wait shorter',
    [
      ['synced', 0],
      ['queued', 10],
      ['queued', 65],
    ],
    70,
    false,
    0,
  ],
  [
    'synced at last',
    [
      ['synced', 0],
      ['queued', 10],
      ['synced', 71],
    ],
    72,
    true,
    71,
  ],
  [
    'a change that came during that sync',
    [
      ['synced', 0],
      ['queued', 10],
      ['synced', 71],
      ['queued', 60],
    ],
    119,
    true,
    71,
  ],
  [
    'and is late as well',
    [
      ['synced', 0],
      ['queued', 10],
      ['synced', 71],
      ['queued', 60],
    ],
    121,
    false,
    71,
  ],
];

describe('proxyHealth', () => {
  it.each(TABLE)('%s', (_, events, now, healthy, lastUpdated) => {
    const health = proxyHealth(TIMEOUT);
    for (const [event, at] of events) health[event](at * 1000);
    expect(health.isHealthy(now * 1000)).toBe(healthy);
    expect(health.lastUpdated()).toBe(lastUpdated === undefined ? undefined : lastUpdated * 1000);
  });
});
