import { describe, expect, it } from '@jest/globals';
import { jsonPieces } from '../../json.js';
import { render } from '../../text.js';
import { print, printEntry, toData } from './print.js';
import type { Entry, IpSet } from './types.js';

const ENTRIES: readonly [string, Entry, string][] = [
  ['an address', { ip: '10.0.0.1' }, '10.0.0.1'],
  ['a port of a bitmap', { port: 30080 }, '30080'],
  ['address and port', { ip: '10.0.0.1', protocol: 'tcp', port: 80 }, '10.0.0.1,tcp:80'],
  ['IPv6', { ip: 'fd00::1', protocol: 'udp', port: 53 }, 'fd00::1,udp:53'],
  ['IPv6 with an IPv4 tail, as ipset shows it', { ip: '::102:304' }, '::1.2.3.4'],
  ['a third address', { ip: '10.0.0.1', protocol: 'sctp', port: 80, source: '10.0.0.1' }, '10.0.0.1,sctp:80,10.0.0.1'],
  ['a network', { ip: '10.0.0.1', protocol: 'tcp', port: 80, source: '192.0.2.0/24' }, '10.0.0.1,tcp:80,192.0.2.0/24'],
  [
    'a network of one',
    { ip: '10.0.0.1', protocol: 'tcp', port: 80, source: '192.0.2.1/32' },
    '10.0.0.1,tcp:80,192.0.2.1',
  ],
  [
    'an IPv6 network of one',
    { ip: 'fd00::1', protocol: 'tcp', port: 80, source: 'fd00::2/128' },
    'fd00::1,tcp:80,fd00::2',
  ],
  ['an IPv6 /32', { ip: 'fd00::1', protocol: 'tcp', port: 80, source: 'fd00::/32' }, 'fd00::1,tcp:80,fd00::/32'],
];

describe('an entry', () => {
  it.each(ENTRIES)('%s', (_, entry, expected) => expect(printEntry(entry)).toBe(expected));
});

const set = (entries: readonly Entry[]): IpSet => ({ name: 'S', type: 'hash:ip', family: 'ipv4', entries });

describe('a set', () => {
  it('is created before it gets members', () => {
    expect(render(print([set([{ ip: '10.0.0.1' }])]))).toBe(
      'create S hash:ip family inet hashsize 1024 maxelem 65536\nadd S 10.0.0.1\n',
    );
  });

  it('has room for more than the default where it needs that', () => {
    const entries = Array.from({ length: 65537 }, (_, i) => ({ ip: `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}` }));
    expect(render(print([set(entries)]))).toContain('maxelem 131072\n');
    expect(render(print([set(entries.slice(1))]))).toContain('maxelem 65536\n');
  });

  it('is JSON as well', () => {
    expect(JSON.parse([...jsonPieces(toData([set([{ port: 1 }])]))].join(''))).toEqual({
      sets: [{ name: 'S', type: 'hash:ip', family: 'ipv4', entries: [{ port: 1 }] }],
    });
  });
});
