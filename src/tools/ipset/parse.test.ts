import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ROOT } from '../../testing/cases/cases.js';
import { render } from '../../text.js';
import { type OtherSet, parse } from './parse.js';
import { print } from './print.js';
import type { IpSet } from './types.js';

function files(directory: string, name: string): readonly string[] {
  if (!existsSync(`${ROOT}${directory}`)) return [];
  return readdirSync(`${ROOT}${directory}`, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.split('/').at(-1) === name)
    .map((file) => `${directory}/${file}`)
    .sort();
}

describe('parse', () => {
  it.each([...files('golden', 'ipset.rules'), ...files('fixtures/conformance', 'ipset-save')])(
    'print gives %s again',
    (path) => {
      const text = readFileSync(`${ROOT}${path}`, 'utf8');
      const { value, diagnostics } = parse(text);
      expect(diagnostics).toEqual([]);
      expect(value.others).toEqual([]);
      const plain = text.replaceAll(' bucketsize 12', '').replace(/^#.*\n/gm, '');
      expect(render(print(value.sets))).toBe(plain);
    },
  );
});

const set = (change: Partial<IpSet>): IpSet => {
  const room = change.type === 'bitmap:port' ? {} : { maxElements: 65536 };
  return { name: 'S', type: 'hash:ip', family: 'ipv4', ...room, entries: [], ...change };
};

const HASH = 'family inet hashsize 1024 maxelem 65536 bucketsize 12 initval 0x1234abcd';
const tcp = (ip: string, port: number) => ({ ip, protocol: 'tcp', port }) as const;

/** Name, text, sets, sets that IpSet cannot hold, messages. */
const TEXTS: readonly [string, string, readonly IpSet[], readonly OtherSet[], readonly string[]][] = [
  ['nothing', '', [], [], []],
  ['addresses', `create S hash:ip ${HASH}\nadd S 10.0.0.1\n`, [set({ entries: [{ ip: '10.0.0.1' }] })], [], []],
  [
    'carriage returns and blank lines',
    `create S hash:ip ${HASH}\r\n\r\nadd S 10.0.0.1\r\n`,
    [set({ entries: [{ ip: '10.0.0.1' }] })],
    [],
    [],
  ],
  [
    'networks, with and without their length',
    `create S hash:ip,port,net ${HASH}\nadd S 10.0.0.1,tcp:80,10.0.0.0/8\nadd S 10.0.0.1,tcp:80,10.0.0.2\n`,
    [
      set({
        type: 'hash:ip,port,net',
        entries: [
          { ...tcp('10.0.0.1', 80), source: '10.0.0.0/8' },
          { ...tcp('10.0.0.1', 80), source: '10.0.0.2/32' },
        ],
      }),
    ],
    [],
    [],
  ],
  [
    'IPv6',
    'create S hash:ip,port,ip family inet6 hashsize 1024 maxelem 65536\nadd S fd00::1,tcp:80,::1.2.3.4\n',
    [set({ type: 'hash:ip,port,ip', family: 'ipv6', entries: [{ ...tcp('fd00::1', 80), source: '::102:304' }] })],
    [],
    [],
  ],
  [
    'a bitmap of ports',
    'create S bitmap:port range 0-65535\nadd S 0\nadd S 30080\n',
    [set({ type: 'bitmap:port', entries: [{ port: 0 }, { port: 30080 }] })],
    [],
    [],
  ],
  [
    'sets of other types, and with more than we know',
    `create A list:set size 8\nadd A B\ncreate B hash:net,iface ${HASH}\nadd B 10.0.0.0/8,eth0
create C hash:ip ${HASH} timeout 300\nadd C 10.0.0.1 timeout 298\ncreate D bitmap:port range 0-1023\nadd D 80
create E hash:ip ${HASH} counters\ncreate F hash:ip ${HASH} netmask 24\ncreate constructor hash:mac ${HASH}\n`,
    [],
    [
      { name: 'A', type: 'list:set', options: 'size 8', members: ['B'] },
      { name: 'B', type: 'hash:net,iface', options: 'family inet', members: ['10.0.0.0/8,eth0'] },
      { name: 'C', type: 'hash:ip', options: 'family inet timeout 300', members: ['10.0.0.1 timeout 298'] },
      { name: 'D', type: 'bitmap:port', options: 'range 0-1023', members: ['80'] },
      { name: 'E', type: 'hash:ip', options: 'family inet counters', members: [] },
      { name: 'F', type: 'hash:ip', options: 'family inet netmask 24', members: [] },
      { name: 'constructor', type: 'hash:mac', options: 'family inet', members: [] },
    ],
    [],
  ],
  ...['10.0.0.1,udplite:80', '10.0.0.1,icmp:8', '10.0.0.1', 'fd00::1,tcp:80', '10.0.0.1,tcp:080'].map(
    (entry): (typeof TEXTS)[number] => [
      `a member that is not ours: ${entry}`,
      `create S hash:ip,port ${HASH}\nadd S 10.0.0.2,tcp:80\nadd S ${entry}\nadd S 10.0.0.3,tcp:80\n`,
      [],
      [
        {
          name: 'S',
          type: 'hash:ip,port',
          options: 'family inet',
          members: ['10.0.0.2,tcp:80', entry, '10.0.0.3,tcp:80'],
        },
      ],
      [],
    ],
  ),
  ...['-1', '1.5', 'NaN', '1-9', '080'].map((entry): (typeof TEXTS)[number] => [
    `a member of a bitmap that is no port: ${entry}`,
    `create S bitmap:port range 0-65535\nadd S ${entry}\n`,
    [],
    [{ name: 'S', type: 'bitmap:port', options: 'range 0-65535', members: [entry] }],
    [],
  ]),
  ...(
    [
      ['hash:ip,port', '10.0.0.1,tcp:65536', 'the port of tcp:65536 is above 65535'],
      ['hash:net,port', '10.0.0.0/8,udplite:99999 timeout 9', 'the port of udplite:99999 is above 65535'],
      ['bitmap:port', '65536', 'the port of 65536 is above 65535'],
      ['hash:ip', '10.0.0.256', '10.0.0.256 is no address'],
      ['hash:net', '10.0.0.0/33', '10.0.0.0/33 is no address'],
      ['hash:ip,port,net', '10.0.0.1,tcp:80,fd00::/129', 'fd00::/129 is no address'],
    ] as const
  ).map(([type, entry, message]): (typeof TEXTS)[number] => [
    `what can be no member: ${entry}`,
    `create S ${type} timeout 9\nadd S ${entry}\n`,
    [],
    [{ name: 'S', type, options: 'timeout 9', members: [] }],
    [message],
  ]),
  [
    'what ipset save does not print',
    `flush S\nadd S 10.0.0.1\ncreate S hash:ip ${HASH}\ncreate S hash:ip\nadd S\n`,
    [set({})],
    [],
    [
      'line 1: not a line of ipset save: "flush S"',
      'line 2: there is no such set: "add S 10.0.0.1"',
      'line 4: the set is there already: "create S hash:ip"',
      'line 5: not a line of ipset save: "add S"',
    ],
  ],
];

describe('parse of', () => {
  it.each(TEXTS)('%s', (_, text, sets, others, messages) => {
    const { value, diagnostics } = parse(text);
    expect(value).toEqual({ sets, others });
    expect(diagnostics.map(({ message }) => message)).toEqual(messages);
    expect(diagnostics.every(({ code, severity }) => code === 'unreadable-line' && severity === 'error')).toBe(true);
  });

  it('anything does not throw', () => {
    const words = [
      'create',
      'add',
      'S',
      'hash:ip',
      'bitmap:port',
      'hash:ip,port,net',
      'range',
      '0-65535',
      '\n',
      ',',
      'tcp:80',
    ];
    const lines = fc.array(fc.constantFrom(...words)).map((found) => found.join(' '));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), lines), (text) => void render(print(parse(text).value.sets))),
    );
  });
});
