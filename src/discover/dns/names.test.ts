import { describe, expect, it } from '@jest/globals';
import { type Ip, parseIp } from '../../ip.js';
import { addressLabel, fits, fromRoot, isWithin, reverseName } from './names.js';

describe('reverseName', () => {
  it.each([
    ['10.3.0.1', '1.0.3.10.in-addr.arpa.'],
    ['2001:db8::567:89ab', 'b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.'],
  ])('%s', (text, expected) => expect(reverseName(ip(text))).toBe(expected));
});

describe('addressLabel', () => {
  it.each([
    ['10.244.1.5', '10-244-1-5'],
    ['fd00:10:244::5', 'fd00-10-244--5'],
    ['fd00::', 'fd00--0'],
    ['::5:1', '0--5-1'],
  ])('%s', (text, expected) => expect(addressLabel(ip(text))).toBe(expected));
});

describe('isWithin', () => {
  it.each([
    ['web.default.svc.cluster.local.', 'cluster.local.', true],
    ['cluster.local.', 'cluster.local.', true],
    ['mycluster.local.', 'cluster.local.', false],
    ['local.', 'cluster.local.', false],
    ['example.com.', '.', true],
  ])('%s in %s: %s', (name, zone, expected) => expect(isWithin(name, zone)).toBe(expected));
});

describe('fits', () => {
  const label = 'a'.repeat(63);
  const longest = `${label}.${label}.${label}.${'b'.repeat(61)}.`;
  it.each([
    ['a name of 253 characters', longest, true],
    ['one of 254', `b${longest}`, false],
    ['a label of 63', `${label}.local.`, true],
    ['a label of 64', `_${label}.local.`, false],
  ])('%s: %s', (_, name, expected) => expect(fits(name)).toBe(expected));
});

it('sorts parents before children, and no stranger between them', () => {
  const sorted = ['a.', 'b.a.', 'c.b.a.', 'b-c.a.', 'c.a.'];
  expect([...sorted].reverse().sort((a, b) => (fromRoot(a) < fromRoot(b) ? -1 : 1))).toEqual(sorted);
});

function ip(text: string): Ip {
  const parsed = parseIp(text);
  if (!parsed) throw new Error(text);
  return parsed;
}
