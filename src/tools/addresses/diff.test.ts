import { describe, expect, it } from '@jest/globals';
import { diff, grow, make, shrink } from './diff.js';
import type { Address, Link, LinkAddress } from './types.js';

const D = 'kube-ipvs0';

function address(text: string, scope = 'global'): LinkAddress {
  const [ip = '', prefix] = text.split('/');
  return { ip, prefix: Number(prefix), family: ip.includes(':') ? 'ipv6' : 'ipv4', scope };
}

const link = (addresses: readonly LinkAddress[], kind?: string): Link => ({
  name: D,
  ...(kind ? { kind } : {}),
  addresses,
});
const eth0: Link = { name: 'eth0', addresses: [address('10.0.0.1/24')] };
const ips = (...list: readonly string[]): readonly Address[] => list.map((ip) => ({ ip }));

/** Name, observed devices, desired addresses, commands for ip: create the device, add to it, remove from it. */
const ROWS: readonly [
  string,
  readonly Link[],
  readonly Address[] | undefined,
  readonly (readonly string[])[] | 'same',
][] = [
  ['nothing desired, nothing there', [eth0], undefined, 'same'],
  ['the device is to go', [link([address('10.0.0.1/32')], 'dummy')], undefined, [[], [], [`link delete ${D}`]]],
  [
    'no device yet',
    [eth0],
    ips('10.0.0.1', 'fd00::1'),
    [[`link add ${D} type dummy`], [`address add 10.0.0.1/32 dev ${D}`, `address add fd00::1/128 dev ${D}`], []],
  ],
  ['a device without addresses', [], [], [[`link add ${D} type dummy`], [], []]],
  ['the same', [link([address('10.0.0.1/32'), address('fd00::1/128')], 'dummy')], ips('fd00::1', '10.0.0.1'), 'same'],
  ['the kind is not known', [link([])], [], 'same'],
  [
    'a device of another kind',
    [link([address('10.0.0.1/32')], 'bridge')],
    ips('10.0.0.1'),
    [[`link delete ${D}`, `link add ${D} type dummy`], [`address add 10.0.0.1/32 dev ${D}`], []],
  ],
  [
    'one comes, one goes, with the length it has',
    [link([address('10.0.0.1/32'), address('10.0.0.2/24'), address('fd00::2/64')], 'dummy')],
    ips('10.0.0.1', '10.0.0.3'),
    [
      [],
      [`address add 10.0.0.3/32 dev ${D}`],
      [`address delete 10.0.0.2/24 dev ${D}`, `address delete fd00::2/64 dev ${D}`],
    ],
  ],
  ['another length will do', [link([address('10.0.0.1/8')], 'dummy')], ips('10.0.0.1'), 'same'],
  ["the kernel's own", [link([address('fe80::1/64', 'link')], 'dummy')], [], 'same'],
  [
    'IPv4 in IPv6, as the C library writes it',
    [link([], 'dummy')],
    ips('::102:304'),
    [[], [`address add ::1.2.3.4/128 dev ${D}`], []],
  ],
];

describe('diff', () => {
  it.each(ROWS)('%s', (_, links, desired, expected) => {
    const found = diff(links, D, desired);
    const told = found && [make, grow, shrink].map((phase) => [...phase(found)].map(({ text }) => text));
    expect(told ?? 'same').toEqual(expected);
  });
});
