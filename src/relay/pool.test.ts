import { expect, it } from '@jest/globals';
import type { Endpoint } from './attempts.js';
import { newPool } from './pool.js';

const [A, B, C] = ['a', 'b', 'c'].map((address): Endpoint => ({ address, port: 1 })) as [Endpoint, Endpoint, Endpoint];

function poolOf(endpoints: readonly Endpoint[], affinity?: number) {
  const clock = { ms: 0 };
  const pool = newPool<Endpoint>(() => clock.ms);
  pool.update(endpoints, affinity);
  const picks = (...clients: readonly string[]) => clients.map((client) => pool.pick(client)?.address).join(' ');
  return { pool, clock, picks };
}

it('endpoints take turns, whoever comes', () => {
  const { picks, pool } = poolOf([A, B, C]);
  expect(picks('x', 'x', 'y', 'x')).toBe('a b c a');
  pool.update([A, B], undefined);
  expect(picks('x', 'y', 'x')).toBe('b a b');
  pool.update([], undefined);
  expect(pool.pick('x')).toBeUndefined();
});

it('a client stays with its endpoint until it has not connected for so long', () => {
  const { picks, clock } = poolOf([A, B], 10);
  expect(picks('x', 'x', 'y', 'x')).toBe('a a b a');
  clock.ms = 9999;
  expect(picks('x')).toBe('a');
  // The time begins anew with each connection.
  clock.ms = 19_000;
  expect(picks('x', 'y')).toBe('a a');
  clock.ms = 29_001;
  expect(picks('y')).toBe('b');
});

it('a client is free of an endpoint that fails or goes, and stays with one that is listed again', () => {
  const { picks, pool } = poolOf([A, B, C], 100);
  expect(picks('x', 'y')).toBe('a b');
  pool.failed('x', A);
  expect(picks('x')).toBe('c');
  pool.update([{ ...C }, { ...A }], 100);
  expect(picks('x', 'y')).toBe('c a');
});
