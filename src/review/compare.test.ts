import { describe, expect, it } from '@jest/globals';
import type { Section } from '../text.js';
import { compare, diffLines, reversed } from './compare.js';
import { printChanges, summarise } from './print.js';

const section = (title: string, service: string | undefined, ...lines: string[]): Section => ({
  title,
  lines,
  ...(service === undefined ? {} : { service }),
});

const BEFORE = [
  section('nat A', 'ns/a', '1', '2', '3', '4', '5', '6'),
  section('nat B', 'ns/b', 'x'),
  section('nat', undefined, 'k'),
];
const AFTER = [
  section('nat A', 'ns/a', '1', '2', '3', '4', '5', 'six'),
  section('nat C', 'ns/c', 'y'),
  section('nat', undefined, 'k'),
];

describe('compare', () => {
  it('groups changes by Service and leaves out what is the same', () => {
    const changes = compare(BEFORE, AFTER);
    expect(changes.map(({ service, sections }) => [service, sections.map(({ title }) => title)])).toEqual([
      ['ns/a', ['nat A']],
      ['ns/b', ['nat B']],
      ['ns/c', ['nat C']],
    ]);
    expect(summarise(changes)).toBe('3 ServicePorts: 2 lines added, 2 removed');
  });

  it('shows lines around a change and says where it left some out', () => {
    const lines = [...printChanges(compare(BEFORE, AFTER).slice(0, 1), (_, text) => text)];
    expect(lines).toEqual(['', 'ns/a', '  nat A', '      …', '      4', '      5', '    - 6', '    + six']);
  });

  it('finds nothing in equal texts', () => expect(compare(BEFORE, BEFORE)).toEqual([]));

  it('names the rules of no Service last', () => {
    const changes = compare([], [section('nat', undefined, 'k'), section('nat A', 'ns/a', '1')]);
    expect(changes.map(({ service }) => service)).toEqual(['ns/a', undefined]);
    expect(summarise(changes)).toBe('1 ServicePort and lines of no Service: 2 lines added, 0 removed');
  });
});

describe('diffLines', () => {
  it('gives up on alignment, not on lines, when nearly all changed', () => {
    const before = Array.from({ length: 3000 }, (_, i) => `a${i}`);
    const after = Array.from({ length: 3000 }, (_, i) => `b${i}`);
    const lines = diffLines(before, after);
    expect(lines.filter(({ kind }) => kind === '-').map(({ text }) => text)).toEqual(before);
    expect(lines.filter(({ kind }) => kind === '+').map(({ text }) => text)).toEqual(after);
  });
});

it('the way back has the same lines, those that go first', () => {
  const lines = (text: string) => text.split('').map((sign, i) => ({ kind: sign as '+' | '-' | ' ', text: String(i) }));
  const [change] = reversed([{ sections: [{ title: 'a', lines: lines(' -+ +-') }] }]);
  expect(change?.sections[0]?.lines.map(({ kind, text }) => kind + text)).toEqual([' 0', '-2', '+1', ' 3', '-4', '+5']);
});
