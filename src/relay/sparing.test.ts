import { expect, it } from '@jest/globals';
import { sparing } from './sparing.js';
import type { Failure } from './types.js';

const failure = (service: string, why: string, port: number): Failure => ({
  service,
  why,
  client: `192.0.2.1:${port}`,
  tried: [],
});

it('a burst of failures is told once, and then by its number', () => {
  const told: string[] = [];
  const timers: (() => void)[] = [];
  const failed = sparing(
    ({ service, why, client, left }) => told.push([service, why, client.split(':')[1], left ?? ''].join(' ').trim()),
    (act) => timers.push(act),
  );
  const tenSeconds = () => {
    for (const act of timers.splice(0)) act();
    return told.splice(0);
  };
  for (let port = 1; port <= 10_000; port++) failed(failure('a/web', 'no endpoint answers', port));
  failed(failure('a/web', 'another reason', 1));
  failed(failure('a/other', 'no endpoint answers', 1));
  expect(told.splice(0)).toEqual([
    'a/web no endpoint answers 1',
    'a/web another reason 1',
    'a/other no endpoint answers 1',
  ]);
  expect(tenSeconds()).toEqual(['a/web no endpoint answers 10000 9998']);
  failed(failure('a/web', 'no endpoint answers', 1));
  expect(tenSeconds()).toEqual(['a/web no endpoint answers 1']);
  expect(tenSeconds()).toEqual([]);
  failed(failure('a/web', 'no endpoint answers', 2));
  expect(tenSeconds()).toEqual(['a/web no endpoint answers 2']);
  expect([tenSeconds(), timers]).toEqual([[], []]);
});
