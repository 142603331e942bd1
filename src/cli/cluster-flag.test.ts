import { describe, expect, it } from '@jest/globals';
import { gathered, parseClusterFlag } from './cluster-flag.js';

describe('parseClusterFlag', () => {
  it.each([
    ['a=b.yaml', { name: 'a', paths: ['b.yaml'] }],
    ['a=dir,x=1/b=c.yaml', { name: 'a', paths: ['dir,x=1/b=c.yaml'] }],
    ['a=b,region=eu', { name: 'a', paths: ['b'], region: 'eu' }],
    ['a=b,zone=z,region=eu', { name: 'a', paths: ['b'], zone: 'z', region: 'eu' }],
    ['a=b,region=x/c.yaml,zone=z', /a region that is no DNS label: "x\/c.yaml"/],
    ['a=b,region=x,c.yaml', { name: 'a', paths: ['b,region=x,c.yaml'] }],
    ['a', /NAME=PATH[^]*is "a"/],
    ['A=b', /NAME is a DNS label, is "A=b"/],
    ['a.b=c', /NAME is a DNS label/],
    ['=b', /NAME is a DNS label/],
    ['a=', /has no path/],
    ['a=,region=eu', /has no path/],
    ['a=b,region=EU', /no DNS label: "EU"/],
    ['a=b,region=', /no DNS label: ""/],
    ['a=b,region=x,region=y', /region twice/],
  ] as const)('%s', (text, expected) => {
    const { value, problem } = { value: undefined, problem: undefined, ...parseClusterFlag(text) };
    if (expected instanceof RegExp) expect(problem).toMatch(expected);
    else expect(value).toEqual(expected);
  });
});

describe('gathered', () => {
  it.each([
    [
      'names in their order',
      ['b=1', 'a=2'],
      [
        ['b', ['1']],
        ['a', ['2']],
      ],
    ],
    [
      'a name again',
      ['a=1', 'b=2', 'a=3,zone=z'],
      [
        ['a', ['1', '3'], 'z'],
        ['b', ['2']],
      ],
    ],
    ['a place said twice alike', ['a=1,zone=z', 'a=2,zone=z'], [['a', ['1', '2'], 'z']]],
    ['two places', ['a=1,zone=y', 'a=2,zone=z'], /gives a two zones, y and z/],
  ] as const)('%s', (_, flags, expected) => {
    const parsed = flags.flatMap((flag) => ({ value: [], ...parseClusterFlag(flag) }).value);
    const { value, problem } = { value: undefined, problem: undefined, ...gathered(parsed) };
    if (expected instanceof RegExp) expect(problem).toMatch(expected);
    else
      expect(value?.map(({ name, paths, zone }) => [name, paths, ...(zone === undefined ? [] : [zone])])).toEqual(
        expected,
      );
  });
});
