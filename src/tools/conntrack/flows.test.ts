import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { render } from '../../text.js';
import { type Flow, parse, printDeletions, problemOf } from './flows.js';

const CLIENT = { source: '192.168.7.100', sourcePort: 40000 };
const NAT: Flow = {
  protocol: 'udp',
  ...CLIENT,
  destination: '10.96.0.10',
  destinationPort: 53,
  replySource: '10.244.1.5',
  replySourcePort: 8053,
};
const NO_NAT: Flow = { ...NAT, replySource: '10.96.0.10', replySourcePort: 53 };
const IPV6: Flow = {
  protocol: 'udp',
  source: 'fd00:7::100',
  sourcePort: 40000,
  destination: 'fd00:10:96::a',
  destinationPort: 53,
  replySource: 'fd00:10:244:1::5',
  replySourcePort: 8053,
};

const SENT = 'src=192.168.7.100 dst=10.96.0.10 sport=40000 dport=53';
const BACK = 'src=10.244.1.5 dst=10.244.1.1 sport=8053 dport=61234';

const LINES: readonly [string, string, ...Flow[]][] = [
  ['-o extended', `ipv4     2 udp      17 29 ${SENT} ${BACK} mark=0 use=1`, NAT],
  ['without options', `udp      17 29 ${SENT} ${BACK} mark=0 use=1`, NAT],
  ['answered often', `ipv4     2 udp      17 118 ${SENT} ${BACK} [ASSURED] mark=0 use=1`, NAT],
  [
    'not answered',
    `ipv4     2 udp      17 29 ${SENT} [UNREPLIED] src=10.96.0.10 dst=192.168.7.100 sport=53 dport=40000 mark=0 use=1`,
    NO_NAT,
  ],
  [
    'counted',
    `ipv4     2 udp      17 9 ${SENT} packets=1 bytes=29 [UNREPLIED] ${BACK} packets=0 bytes=0 mark=0 use=2`,
    NAT,
  ],
  ['offloaded', `ipv4     2 udp      17 ${SENT} ${BACK} [OFFLOAD] mark=0 use=2`, NAT],
  ['-o id', `ipv4     2 udp      17 29 ${SENT} ${BACK} mark=0 use=1 id=2983047325`, NAT],
  [
    'IPv6',
    'ipv6     10 udp      17 28 src=fd00:7::100 dst=fd00:10:96::a sport=40000 dport=53 src=fd00:10:244:1::5 dst=fd00:10:244:1::1 sport=8053 dport=40000 mark=0 use=1',
    IPV6,
  ],
  [
    'IPv6, written out',
    'ipv6     10 udp      17 28 src=fd00:7:0:0:0:0:0:100 dst=fd00:10:96:0:0:0:0:a sport=40000 dport=53 src=fd00:10:244:1:0:0:0:5 dst=fd00:10:244:1:0:0:0:1 sport=8053 dport=40000 mark=0 use=1',
    IPV6,
  ],
  [
    'TCP, which has a state',
    `ipv4     2 tcp      6 431999 ESTABLISHED ${SENT} ${BACK} mark=0 use=1`,
    { ...NAT, protocol: 'tcp' },
  ],
  ['SCTP', `ipv4     2 sctp     132 209 ESTABLISHED ${SENT} ${BACK} mark=0 use=1`, { ...NAT, protocol: 'sctp' }],
  ['a zone', `ipv4     2 udp      17 29 ${SENT} ${BACK} mark=0 zone=7 use=1`],
  ['a zone of one direction', `ipv4     2 udp      17 29 ${SENT} zone-orig=7 ${BACK} mark=0 use=1`],
  ['the other direction', `ipv4     2 udp      17 29 ${SENT} ${BACK} zone-reply=7 mark=0 use=1`],
  [
    'another protocol',
    'ipv4     2 icmp     1 29 src=10.0.0.1 dst=10.0.0.2 type=8 code=0 id=7 src=10.0.0.2 dst=10.0.0.1 type=0 code=0 id=7 mark=0 use=1',
  ],
  ['an unknown one', `ipv4     2 unknown  17 29 ${SENT} ${BACK} mark=0 use=1`],
  ['cut off', `ipv4     2 udp      17 29 ${SENT} src=10.244.1.5`],
  ['no address', `ipv4     2 udp      17 29 src=host dst=10.96.0.10 sport=1 dport=53 ${BACK}`],
  ['a total', 'conntrack v1.4.7 (conntrack-tools): 3 flow entries have been shown.'],
  ['nothing', ''],
];

describe('parse', () => {
  it.each(LINES)('%s', (_, line, ...flows) => expect(parse(line)).toEqual(flows));

  it('all lines', () => {
    const text = LINES.map(([, line]) => `${line}\n`).join('');
    expect(parse(text)).toEqual(LINES.flatMap(([, , ...flows]) => flows));
  });

  it('never throws, and makes nothing up', () => {
    const word = fc.oneof(
      fc.constantFrom(
        'udp',
        'tcp',
        'src=',
        'dst=',
        'sport=',
        'dport=',
        'src=10.0.0.1',
        'sport=1',
        '[UNREPLIED]',
        ' ',
        '\n',
      ),
      fc.constantFrom(SENT, BACK, 'ipv4     2 udp      17 29 '),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(fc.array(word), fc.constantFrom(' ', ''), (words, between) => {
        for (const { text } of printDeletions(parse(words.join(between)))) {
          expect(text).toMatch(/^-D -f ipv[46] -p (udp|tcp|sctp) (--(orig|reply)-(port-)?(src|dst) [\da-f:.]+ ?){4}$/);
        }
      }),
    );
  });
});

describe('problemOf', () => {
  const flow = `ipv4     2 udp      17 29 ${SENT} ${BACK} mark=0 use=1\n`;
  const shown = (count: number) => `conntrack v1.4.7 (conntrack-tools): ${count} flow entries have been shown.\n`;

  it.each<[string, string, string, string | undefined]>([
    ['none', '', shown(0), undefined],
    ['all', flow + flow, shown(2), undefined],
    ['a total that is not told', flow, '', undefined],
    ['fewer than shown', flow, shown(2), 'it prints 1 of 2 flows'],
    ['nothing of what was shown', '', shown(2), 'it prints 0 of 2 flows'],
    ['junk', `${flow}junk\n`, shown(2), 'it prints something that vipc does not understand: "junk"'],
    ['one that is cut', flow.slice(0, 70), shown(1), expect.stringContaining('does not understand') as never],
  ])('%s', (_, text, beside, expected) => {
    expect(problemOf(text, beside)).toEqual(expected);
  });
});

describe('printDeletions', () => {
  const TO_A = '--orig-dst 10.96.0.10 --orig-port-dst 53 --reply-src 10.244.1.5 --reply-port-src 8053';

  it.each<[string, readonly Flow[], readonly string[]]>([
    ['none', [], []],
    ['one', [NAT], [`-D -f ipv4 -p udp ${TO_A}`]],
    [
      'clients of one endpoint',
      [NAT, { ...NAT, sourcePort: 1 }, { ...NAT, source: '10.0.0.1' }],
      [`-D -f ipv4 -p udp ${TO_A}`],
    ],
    [
      'two endpoints',
      [NAT, NO_NAT],
      [
        `-D -f ipv4 -p udp ${TO_A}`,
        `-D -f ipv4 -p udp ${TO_A.replace('10.244.1.5', '10.96.0.10').replace('8053', '53')}`,
      ],
    ],
    [
      'IPv6',
      [IPV6],
      [
        '-D -f ipv6 -p udp --orig-dst fd00:10:96::a --orig-port-dst 53 --reply-src fd00:10:244:1::5 --reply-port-src 8053',
      ],
    ],
  ])('%s', (_, flows, lines) => {
    expect(render(printDeletions(flows))).toBe(lines.map((line) => `${line}\n`).join(''));
  });
});
