import { expect, it } from '@jest/globals';
import type { DnsRecord } from './record.js';
import { printZone, zonesOf } from './zone.js';

const origin = { source: { name: 'x', text: '' }, document: 0, base: [], path: [] };

const RECORDS: readonly DnsRecord[] = [
  { name: 'c.local.', ttl: 30, type: 'TXT', text: '1' },
  {
    name: 'web.set.c.local.',
    ttl: 5,
    type: 'A',
    address: '192.0.2.1',
    origin: { ...origin, object: 'Service a/web\n; x' },
  },
  { name: 'example.com.', ttl: 5, type: 'A', address: '192.0.2.2' },
  { name: '2.2.0.192.in-addr.arpa.', ttl: 5, type: 'PTR', target: 'web.', synthetic: true },
];

it('puts each record into the innermost zone, and those of no zone nowhere', () => {
  const zones = zonesOf(RECORDS, ['C.local', 'set.c.local']);
  expect(zones.map((zone) => [zone.origin, ...zone.records.map(({ name }) => name)])).toEqual([
    ['c.local.', 'c.local.'],
    ['set.c.local.', 'web.set.c.local.'],
    ['in-addr.arpa.', '2.2.0.192.in-addr.arpa.'],
  ]);
});

it('prints other lifetimes, what is made up, and whose it is on a line of its own', () => {
  const apex = { domain: 'c.local.', about: 'test' };
  const lines = zonesOf(RECORDS, ['c.local']).flatMap((zone) => [...printZone(zone, apex)]);
  expect(lines).toContain('@        30 IN TXT   "1"');
  expect(lines).toContain('2.2.0.192  IN PTR   web. ; synthetic');
  expect(lines).toContain('; a/web?; x');
  expect(lines.filter((line) => line.startsWith('ns.dns'))).toEqual([
    'ns.dns   IN A     127.0.0.1 ; synthetic: the Service kube-system/kube-dns is not in the input',
  ]);
});

it('prints more records than a function may have arguments', () => {
  const records = Array.from(
    { length: 200_000 },
    (_, i): DnsRecord => ({ name: `a${i}.c.local.`, ttl: 5, type: 'A', address: '192.0.2.1' }),
  );
  const [zone] = zonesOf(records, ['c.local']);
  let lines = 0;
  for (const _ of printZone(zone ?? { origin: '', records: [] }, { domain: 'c.local.', about: 'test' })) lines++;
  expect(lines).toBe(200_000 + 6);
});
