/**
 * The README is true: its console transcript prints what it says.
 */
import { existsSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from './cases.js';
import { itPrintsWhatItSays, README } from './readme.js';

describe('the tour in the README', () => itPrintsWhatItSays('console'));

describe('the map in the README', () => {
  it('names files that are there', () => {
    const map = /## Where things are\n\n([^]*?)\n\n`npm run golden/.exec(README)?.[1] ?? '';
    const top = map.split('\n').filter((line) => /^ {4}\S/.test(line));
    const names = top.flatMap((line) => line.trim().split(/ {2,}/)[0]?.split(' ') ?? []);
    expect(names.length).toBeGreaterThan(4);
    expect(names.filter((name) => !existsSync(`${ROOT}${name}`))).toEqual([]);
  });
});
