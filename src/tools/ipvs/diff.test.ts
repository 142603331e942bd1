import { describe, expect, it } from '@jest/globals';
import { diff, grow, shrink } from './diff.js';
import { parse, parseListing } from './parse.js';
import type { VirtualServer } from './types.js';

const V = '10.0.0.1:80';
const real = (address: string, weight = 1) => ({ address, port: 8080, weight });
const server = (change: Partial<VirtualServer> = {}): VirtualServer => {
  return { protocol: 'tcp', address: '10.0.0.1', port: 80, scheduler: 'rr', realServers: [], ...change };
};

/** Name, output of ipvsadm --save, desired servers, input of grow and shrink. Addresses in 10.0.0.0/8 are ours. */
const ROWS: readonly [string, string, readonly VirtualServer[], readonly string[], readonly string[]][] = [
  ['nothing', '', [], [], []],
  [
    'one that is not there',
    '',
    [server({ realServers: [real('10.1.0.1')] })],
    [`-A -t ${V} -s rr`, `-a -t ${V} -r 10.1.0.1:8080 -m -w 1`],
    [],
  ],
  [
    'the same',
    `-A -t ${V} -s rr -p 60\n-a -t ${V} -r 10.1.0.2:8080 -m -w 1\n-a -t ${V} -r 10.1.0.1:8080 -m -w 1\n`,
    [server({ persistence: { timeoutSeconds: 60 }, realServers: [real('10.1.0.1'), real('10.1.0.2')] })],
    [],
    [],
  ],
  [
    'real servers come and go',
    `-A -t ${V} -s rr\n-a -t ${V} -r 10.1.0.1:8080 -m -w 1\n-a -t ${V} -r 10.1.0.2:8080 -m -w 3\n`,
    [server({ realServers: [real('10.1.0.2'), real('10.1.0.3')] })],
    [`-a -t ${V} -r 10.1.0.3:8080 -m -w 1`, `-e -t ${V} -r 10.1.0.2:8080 -m -w 1`],
    [`-d -t ${V} -r 10.1.0.1:8080`],
  ],
  [
    'another scheduler',
    `-A -t ${V} -s wlc\n`,
    [server({ scheduler: 'mh', schedulerFlag: 'mh-port' })],
    [`-E -t ${V} -s mh -b mh-port`],
    [],
  ],
  ['affinity', `-A -t ${V} -s rr\n`, [server({ persistence: { timeoutSeconds: 5 } })], [`-E -t ${V} -s rr -p 5`], []],
  ['no affinity', `-A -t ${V} -s rr -p 5\n`, [server()], [`-E -t ${V} -s rr`], []],
  [
    'other protocols and families are others',
    `-A -t ${V} -s rr\n`,
    [server(), server({ protocol: 'udp' }), server({ protocol: 'sctp' }), server({ address: 'fd00::1' })],
    [`-A -u ${V} -s rr`, `-A --sctp-service ${V} -s rr`, '-A -t [fd00::1]:80 -s rr'],
    [],
  ],
  [
    'nobody wants them',
    `-A -t ${V} -s rr\n-a -t ${V} -r 10.1.0.1:8080 -m -w 1\n-A -u ${V} -s rr -o\n-A -t 192.0.2.1:80 -s rr\n-A -t 192.0.2.2:80 -s rr -o\n-A -f 1 -s rr\n`,
    [],
    [],
    [`-D -t ${V}`, `-D -u ${V}`],
  ],
  [
    'reached by another way, whoever made it',
    '-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.1.0.1:80 -g -w 1\n',
    [server({ address: '192.0.2.1', realServers: [real('10.1.0.1')] })],
    ['-D -t 192.0.2.1:80', '-A -t 192.0.2.1:80 -s rr', '-a -t 192.0.2.1:80 -r 10.1.0.1:8080 -m -w 1'],
    [],
  ],
];

const ours = ({ address }: { readonly address: string }) => address.startsWith('10.');
const texts = (lines: Iterable<{ readonly text: string }>) => [...lines].map(({ text }) => text);
const observed = (saved: string, listing = '') => ({
  saved: parse(saved).value,
  connections: parseListing(listing).value,
});

describe('diff', () => {
  it.each(ROWS)('%s', (_, saved, virtualServers, first, last) => {
    const found = diff(observed(saved), { virtualServers }, ours);
    expect(texts(grow(found))).toEqual(first);
    expect(texts(shrink(found))).toEqual(last);
  });

  it('remembers whom it does not understand, for people', () => {
    const { servers } = diff(observed(`-A -t ${V} -s rr -o\n`), { virtualServers: [] }, ours);
    expect(servers).toMatchObject([{ service: `-t ${V}`, unreadable: `-A -t ${V} -s rr -o` }]);
  });
});

/**
 * Protocol; weight, active and inactive connections of the leaving real server; input for ipvsadm; whether it drains.
 */
const LEAVING: readonly ['TCP' | 'UDP' | 'SCTP', number, number, number, string | undefined, boolean][] = [
  ['TCP', 1, 0, 0, '-d', false],
  ['TCP', 1, 2, 0, '-e', false],
  ['TCP', 1, 0, 3, '-e', false],
  ['TCP', 0, 2, 1, undefined, true],
  ['TCP', 0, 0, 0, '-d', false],
  ['UDP', 1, 0, 5, '-d', false],
  ['SCTP', 1, 5, 0, '-d', false],
];

describe('a real server that leaves', () => {
  it.each(LEAVING)('%s with weight %s, connections %s and %s', (name, weight, active, inactive, verb, drains) => {
    const protocol = name.toLowerCase() as VirtualServer['protocol'];
    const service = `${{ tcp: '-t', udp: '-u', sctp: '--sctp-service' }[protocol]} ${V}`;
    const saved = `-A ${service} -s rr\n-a ${service} -r 10.1.0.1:8080 -m -w ${weight}\n`;
    const listing = `${name}  ${V} rr\n  -> 10.1.0.1:8080           Masq    ${weight}      ${active}          ${inactive}\n`;
    const found = diff(observed(saved, listing), { virtualServers: [server({ protocol })] }, ours);
    const told = { '-d': `-d ${service} -r 10.1.0.1:8080`, '-e': `-e ${service} -r 10.1.0.1:8080 -m -w 0` };
    expect(texts(grow(found))).toEqual([]);
    expect(texts(shrink(found))).toEqual(verb === undefined ? [] : [told[verb as '-d' | '-e']]);
    expect(found.draining).toEqual(
      drains ? [{ service, realServer: '10.1.0.1:8080', connections: active + inactive }] : [],
    );
  });

  it('and comes back gets its weight again', () => {
    const saved = `-A -t ${V} -s rr\n-a -t ${V} -r 10.1.0.1:8080 -m -w 0\n`;
    const found = diff(observed(saved), { virtualServers: [server({ realServers: [real('10.1.0.1')] })] }, ours);
    expect(texts(grow(found))).toEqual([`-e -t ${V} -r 10.1.0.1:8080 -m -w 1`]);
    expect(found.draining).toEqual([]);
  });
});

describe('timeouts', () => {
  const there = { tcp: 900, tcpFin: 120, udp: 300 };
  it.each([
    ['the same', { tcp: 900, tcpFin: 120, udp: 300 }, []],
    ['0 is any', { tcp: 0, tcpFin: 120, udp: 0 }, []],
    ['others', { tcp: 800, tcpFin: 0, udp: 300 }, ['--set 800 0 300']],
    ['none desired', undefined, []],
  ])('%s', (_, timeouts, expected) => {
    const desired = { virtualServers: [], ...(timeouts ? { timeouts } : {}) };
    expect(texts(grow(diff({ ...observed(''), timeouts: there }, desired, ours)))).toEqual(expected);
  });

  it('that are not known are set', () => {
    const desired = { virtualServers: [], timeouts: { tcp: 0, tcpFin: 5, udp: 0 } };
    expect(texts(grow(diff(observed(''), desired, ours)))).toEqual(['--set 0 5 0']);
  });
});
