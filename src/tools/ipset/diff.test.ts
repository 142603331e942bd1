import { describe, expect, it } from '@jest/globals';
import { diff, grow, shrink } from './diff.js';
import { parse } from './parse.js';
import type { Entry, IpSet, SetType } from './types.js';

const hash = (name: string, type: SetType, ...entries: readonly Entry[]): IpSet => ({
  name,
  type,
  family: 'ipv4',
  entries,
});
const tcp = (ip: string, port = 80): Entry => ({ ip, protocol: 'tcp', port });
const ports = (...list: readonly number[]): IpSet => {
  return { name: 'K-PORTS', type: 'bitmap:port', family: 'ipv4', entries: list.map((port) => ({ port })) };
};

const INET = 'family inet hashsize 1024 maxelem';

/**
 * Name, output of ipset save, desired sets, input of grow and shrink. Sets called K are ours; foreign rules reference
 * those called H.
 */
const ROWS: readonly [string, string, readonly IpSet[], readonly string[], readonly string[]][] = [
  ['nothing', '', [], [], []],
  [
    'a set that is not there',
    '',
    [hash('K', 'hash:ip,port', tcp('10.0.0.1'))],
    [`create K hash:ip,port ${INET} 65536`, 'add K 10.0.0.1,tcp:80'],
    [],
  ],
  [
    'the same, in another order and size',
    `create K hash:ip ${INET} 131072 bucketsize 12 initval 0x1\nadd K 10.0.0.2\nadd K 10.0.0.1\n`,
    [hash('K', 'hash:ip', { ip: '10.0.0.1' }, { ip: '10.0.0.2' })],
    [],
    [],
  ],
  [
    'members come and go',
    `create K hash:ip ${INET} 65536\nadd K 10.0.0.1\nadd K 10.0.0.2\n`,
    [hash('K', 'hash:ip', { ip: '10.0.0.2' }, { ip: '10.0.0.3' })],
    ['add K 10.0.0.3'],
    ['del K 10.0.0.1'],
  ],
  [
    'a port of either family',
    'create K-PORTS bitmap:port range 0-65535\nadd K-PORTS 80\n',
    [{ ...ports(80, 81), family: 'ipv6' }],
    ['add K-PORTS 81'],
    [],
  ],
  [
    'no room for those that go as well',
    `create K hash:ip ${INET} 2\nadd K 10.0.0.1\nadd K 10.0.0.2\n`,
    [hash('K', 'hash:ip', { ip: '10.0.0.2' }, { ip: '10.0.0.3' })],
    [
      `create VIPC-NEW hash:ip ${INET} 65536`,
      'add VIPC-NEW 10.0.0.2',
      'add VIPC-NEW 10.0.0.3',
      'add VIPC-NEW 10.0.0.1',
      'swap VIPC-NEW K',
      'destroy VIPC-NEW',
    ],
    ['del K 10.0.0.1'],
  ],
  [
    'just enough room, but less than ours have',
    `create K hash:ip ${INET} 1\n`,
    [hash('K', 'hash:ip', { ip: '10.0.0.2' })],
    [`create VIPC-NEW hash:ip ${INET} 65536`, 'add VIPC-NEW 10.0.0.2', 'swap VIPC-NEW K', 'destroy VIPC-NEW'],
    [],
  ],
  [
    'another type',
    `create K hash:ip ${INET} 65536\nadd K 10.0.0.1\n`,
    [hash('K', 'hash:ip,port', tcp('10.0.0.1'))],
    ['destroy K', `create K hash:ip,port ${INET} 65536`, 'add K 10.0.0.1,tcp:80'],
    [],
  ],
  [
    'another family',
    'create K hash:ip family inet6 hashsize 1024 maxelem 65536\n',
    [hash('K', 'hash:ip')],
    ['destroy K', `create K hash:ip ${INET} 65536`],
    [],
  ],
  [
    'of the type, but with timeouts',
    `create K hash:ip ${INET} 65536 timeout 60\nadd K 10.0.0.1 timeout 0\n`,
    [hash('K', 'hash:ip', { ip: '10.0.0.1' })],
    [`create VIPC-NEW hash:ip ${INET} 65536`, 'add VIPC-NEW 10.0.0.1', 'swap VIPC-NEW K', 'destroy VIPC-NEW'],
    [],
  ],
  [
    'of a type that is not known',
    'create K list:set size 8\n',
    [hash('K', 'hash:ip')],
    ['destroy K', `create K hash:ip ${INET} 65536`],
    [],
  ],
  [
    'nobody wants them',
    `create K1 hash:ip ${INET} 65536\nadd K1 10.0.0.1\ncreate K2 list:set size 8\ncreate OTHER hash:ip ${INET} 65536\n`,
    [],
    [],
    ['destroy K1', 'destroy K2'],
  ],
  [
    'nobody wants them, but rules of others name them',
    `create K-H hash:ip ${INET} 65536\nadd K-H 10.0.0.1\ncreate K-HE hash:ip ${INET} 65536\n`,
    [],
    [],
    ['flush K-H'],
  ],
  ['left by an interrupted swap', `create VIPC-NEW hash:ip ${INET} 65536\n`, [], ['destroy VIPC-NEW'], []],
];

const ownership = {
  isOurs: (name: string) => name.startsWith('K'),
  isReferenced: (name: string) => name.startsWith('K-H'),
};

describe('diff', () => {
  it.each(ROWS)('%s', (_, saved, desired, first, last) => {
    const found = diff(parse(saved).value, desired, ownership);
    expect([...grow(found)].map(({ text }) => text)).toEqual(first);
    expect([...shrink(found)].map(({ text }) => text)).toEqual(last);
  });

  it('leads a member back to where it was written', () => {
    const origin = { source: { name: 'a', text: '' }, document: 0, base: [], path: [] };
    const lines = [
      ...grow(diff({ sets: [], others: [] }, [hash('K', 'hash:ip', { ip: '10.0.0.1', origin })], ownership)),
    ];
    expect(lines.map((line) => line.origin)).toEqual([undefined, origin]);
  });

  it('makes a large set in one piece', () => {
    const many = Array.from({ length: 70_000 }, (_, i) => tcp(`10.0.0.${i % 200}`, 1 + Math.floor(i / 200)));
    const [create = { text: '' }] = grow(
      diff({ sets: [], others: [] }, [hash('K', 'hash:ip,port', ...many)], ownership),
    );
    expect(create.text).toBe(`create K hash:ip,port ${INET} 131072`);
  });
});
