import { describe, expect, it } from '@jest/globals';
import { nearest, suggester } from './near.js';

describe('nearest', () => {
  it.each([
    ['a letter missing', 'frnt', ['back', 'front'], 'front'],
    ['a letter too many', 'fronnt', ['front', 'back'], 'front'],
    ['another letter', 'fromt', ['front'], 'front'],
    ['two letters swapped', 'fornt', ['front'], 'front'],
    ['another case', 'clusterip', ['clusterIP', 'clusterIPs'], 'clusterIP'],
    ['the nearest of several', 'nginx-services', ['nginx', 'nginx-service', 'nginx-svc'], 'nginx-service'],
    ['the first of equally near ones', 'web-c', ['web-a', 'web-b'], 'web-a'],
    ['a short name, one letter away', 'db', ['b', 'web'], 'b'],
    ['a short name, too far away', 'db', ['mq', 'web'], undefined],
    ['more than a third of the letters', 'frontend', ['backend'], undefined],
    ['nothing to be near to', 'web', [], undefined],
    ['too long to be a name', 'x'.repeat(101), ['x'.repeat(100)], undefined],
  ])('%s', (_, name, known, expected) => expect(nearest(name, known)).toBe(expected));
});

describe('suggester', () => {
  it('finds what is nearest until that has cost too much', () => {
    const suggest = suggester();
    const known = Array.from({ length: 10_000 }, (_, i) => `${i}`.padEnd(60, 'x'));
    const found = known.slice(0, 10).map((name) => suggest(name, known));
    expect(found[0]).toBe(known[0]);
    expect(found.at(-1)).toBeUndefined();
  });
});
