import { describe, expect, it } from '@jest/globals';
import { candidates, knownOf, lookup, searchPath } from './lookup.js';
import type { DnsRecord } from './record.js';

const PATH = searchPath('shop', 'c.local');

describe('candidates', () => {
  const found = (name: string) => PATH.map((suffix) => `${name}.${suffix}`);
  const cases: readonly [string, string, readonly string[] | undefined][] = [
    ['a short name', 'web', [...found('web'), 'web.']],
    ['four dots', 'a.b.c.d.e', [...found('a.b.c.d.e'), 'a.b.c.d.e.']],
    ['five dots', 'a.b.c.d.e.f', ['a.b.c.d.e.f.']],
    ['a dot at the end', 'Web.Shop.', ['web.shop.']],
    ['the root', '.', ['.']],
    ['an address', '10.96.0.1', ['1.0.96.10.in-addr.arpa.']],
    ['a long name, which no suffix fits', `${'a.'.repeat(125)}b`, [`${'a.'.repeat(125)}b.`]],
    ['nothing', '', undefined],
    ['an empty label', 'web..shop', undefined],
    ['a long label', 'a'.repeat(64), undefined],
    ['a character that names of Kubernetes never have', 'web;shop', undefined],
  ];
  it.each(cases)('%s', (_, name, expected) => expect(candidates(name, PATH)).toEqual(expected));
});

const RECORDS: readonly DnsRecord[] = [
  { name: 'web.shop.svc.c.local.', ttl: 5, type: 'A', address: '10.96.0.1' },
  { name: 'far.shop.svc.c.local.', ttl: 5, type: 'CNAME', target: 'example.com.' },
  { name: 'near.shop.svc.c.local.', ttl: 5, type: 'CNAME', target: 'web.shop.svc.c.local.' },
  { name: 'lost.shop.svc.c.local.', ttl: 5, type: 'CNAME', target: 'none.shop.svc.c.local.' },
  { name: 'ring.shop.svc.c.local.', ttl: 5, type: 'CNAME', target: 'ring.shop.svc.c.local.' },
  { name: 'shop.shop.svc.c.local.', ttl: 5, type: 'AAAA', address: 'fd00::1' },
];

describe('lookup', () => {
  const known = knownOf(RECORDS, ['c.local']);
  const cases: readonly [string, string, readonly ('A' | 'AAAA' | 'ANY')[], readonly string[], number][] = [
    ['the first name that answers ends it', 'web', ['A'], ['web.shop.svc.c.local. answer'], 1],
    ['one of the types is enough', 'shop', ['A', 'AAAA'], ['shop.shop.svc.c.local. answer'], 1],
    ['a name without data ends it too', 'shop', ['A'], ['shop.shop.svc.c.local. no data'], 0],
    ['a name above others exists', 'svc.c.local.', ['A'], ['svc.c.local. no data'], 0],
    ['so does a zone', 'c.local.', ['ANY'], ['c.local. no data'], 0],
    ['a CNAME is followed', 'near', ['A'], ['near.shop.svc.c.local. answer web.shop.svc.c.local.'], 2],
    ['for each type once', 'near', ['A', 'AAAA'], ['near.shop.svc.c.local. answer web.shop.svc.c.local.'], 2],
    ['out of the cluster it is the answer', 'far', ['A'], ['far.shop.svc.c.local. CNAME example.com.'], 1],
    ['in a circle it is none', 'ring', ['A'], ['ring.shop.svc.c.local. loop ring.shop.svc.c.local.'], 1],
    [
      'to what is not there it goes on',
      'lost.shop.svc.c.local.',
      ['A'],
      ['lost.shop.svc.c.local. NXDOMAIN none.shop.svc.c.local.'],
      1,
    ],
    ['all else is asked elsewhere', 'example.com.', ['A'], ['example.com. upstream'], 0],
  ];
  it.each(cases)('%s', (_, name, types, tries, answers) => {
    const found = lookup(known, candidates(name, PATH) ?? [], types);
    expect(found.tries.map((each) => Object.values(each).join(' '))).toEqual(tries);
    expect(found.answers).toHaveLength(answers);
  });
});
