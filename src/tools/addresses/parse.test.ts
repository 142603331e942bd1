import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parse } from './parse.js';
import type { Link } from './types.js';

/** From `ip -json -details address show`, iproute2 6.1.0; most fields left out. */
const LO = {
  ifindex: 1,
  ifname: 'lo',
  link_type: 'loopback',
  addr_info: [
    { family: 'inet', local: '127.0.0.1', prefixlen: 8, scope: 'host', label: 'lo' },
    { family: 'inet6', local: '::1', prefixlen: 128, scope: 'host' },
  ],
};
const DUMMY = {
  ifindex: 5,
  ifname: 'kube-ipvs0',
  linkinfo: { info_kind: 'dummy' },
  addr_info: [
    { family: 'inet', local: '10.96.0.1', prefixlen: 32, scope: 'global', label: 'kube-ipvs0' },
    { family: 'inet6', local: 'FD00:0::1', prefixlen: 128, scope: 'global' },
    { family: 'link', local: '00:11:22:33:44:55' },
  ],
};

const LINKS: readonly Link[] = [
  {
    name: 'lo',
    addresses: [
      { ip: '127.0.0.1', prefix: 8, family: 'ipv4', scope: 'host' },
      { ip: '::1', prefix: 128, family: 'ipv6', scope: 'host' },
    ],
  },
  {
    name: 'kube-ipvs0',
    kind: 'dummy',
    addresses: [
      { ip: '10.96.0.1', prefix: 32, family: 'ipv4', scope: 'global' },
      { ip: 'fd00::1', prefix: 128, family: 'ipv6', scope: 'global' },
    ],
  },
];

/** Name, text, devices, messages. */
const TEXTS: readonly [string, string, readonly Link[], readonly string[]][] = [
  ['nothing', ' \n', [], []],
  ['no device', '[]', [], []],
  ['devices', JSON.stringify([LO, {}, DUMMY]), LINKS, []],
  ['a device without addresses', '[{"ifname":"eth0"}]', [{ name: 'eth0', addresses: [] }], []],
  [
    'no JSON',
    'Device "x" does not exist.',
    [],
    ['not a JSON list of network devices: "Device \\"x\\" does not exist."'],
  ],
  ['no list', '{}', [], ['not a JSON list of network devices: "{}"']],
  [
    'devices without a name',
    '[1, null, {"ifname": 1}, []]',
    [],
    ['1', 'null', 'a mapping', 'a list'].map((item) => `not a network device with a name: ${item}`),
  ],
  [
    'broken addresses',
    JSON.stringify([
      { ifname: 'a', addr_info: {} },
      { ifname: 'b', addr_info: [null, { family: 'inet', local: 'x', prefixlen: 8 }] },
      { ifname: 'c', addr_info: [{ family: 'inet', local: '10.0.0.1', prefixlen: 33 }] },
      { ifname: 'd', addr_info: [{ family: 'inet', local: 'fd00::1', prefixlen: 8 }] },
    ]),
    ['a', 'b', 'c', 'd'].map((name) => ({ name, addresses: [] })),
    [
      'device "a": addr_info is not a list: a mapping',
      'device "b": not an address: null',
      'device "b": not an address: "x"',
      'device "c": not an address: "10.0.0.1"',
      'device "d": not an address: "fd00::1"',
    ],
  ],
];

describe('parse of', () => {
  it.each(TEXTS)('%s', (_, text, links, messages) => {
    const { value, diagnostics } = parse(text);
    expect(value).toEqual(links);
    expect(diagnostics.map(({ message }) => message)).toEqual(messages);
    expect(diagnostics.every(({ severity }) => severity === 'error')).toBe(true);
  });

  it('anything does not throw', () => {
    const json = fc.json().map((text) => text.replaceAll('"a', '"ifname').replaceAll('"b', '"addr_info'));
    fc.assert(fc.property(fc.oneof(fc.string(), json), (text) => void parse(text)));
  });
});
