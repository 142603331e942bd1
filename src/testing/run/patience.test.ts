import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from '../cases/cases.js';
import { eventually, within } from './patience.js';

describe('eventually', () => {
  it('gives what it finds', async () => {
    let looks = 0;
    expect(await eventually('three looks', () => ++looks === 3 && looks)).toBe(3);
  });

  it('ends after so many looks', async () => {
    let looks = 0;
    await expect(eventually('a miracle', () => ++looks < 0, 4)).rejects.toThrow('never: a miracle (4 looks)');
    expect(looks).toBe(4);
  });
});

describe('within', () => {
  it('how long it took', async () => {
    let looks = 0;
    expect(await within(1, async () => ++looks === 3)).toBeLessThan(1);
  });

  it('a second is a second', async () => {
    const start = performance.now();
    expect(await within(0.3, async () => false)).toBe(Number.POSITIVE_INFINITY);
    expect(performance.now() - start).toBeGreaterThanOrEqual(300);
  });

  it('a second is as many looks, however long each takes', async () => {
    let looks = 0;
    const slow = async () => {
      await new Promise((done) => setTimeout(done, 300));
      return ++looks > 100;
    };
    await within(1, slow);
    expect(looks).toBe(4);
  });
});

it('no test has a limit on the clock', () => {
  const files = readdirSync(`${ROOT}src`, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.test.ts'),
  );
  const limits = files.flatMap((path) => {
    const text = readFileSync(`${ROOT}src/${path}`, 'utf8');
    // A time limit as the last argument of it() or a hook, or jest.setTimeout.
    const found = [...text.matchAll(/^ *\}?\)?,? ?[\d_]{4,},?\n? *\);$|^ *jest\.setTimeout/gm)];
    return found.map(([line]) => `${path}: ${line}`);
  });
  expect(limits).toEqual([]);
});
