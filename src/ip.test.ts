import { isIP } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { contains, hostCidr, joinHostPort, parseCidr, parseIp, specialUse } from './ip.js';

const ips: [string, string | undefined][] = [
  ['10.0.0.1', '10.0.0.1'],
  ['010.0.0.1', '10.0.0.1'],
  ['10.000000001.0.1', '10.1.0.1'],
  ['255.255.255.255', '255.255.255.255'],
  ['256.0.0.1', undefined],
  ['1.2.3', undefined],
  ['1.2.3.4.5', undefined],
  ['1.2.3.', undefined],
  ['.1.2.3', undefined],
  ['0x7f.0.0.1', undefined],
  ['1.2.3.4 ', undefined],
  [' 1.2.3.4', undefined],
  ['1.2.3.-4', undefined],
  ['', undefined],
  ['::', '::'],
  ['::1', '::1'],
  ['FD00::A', 'fd00::a'],
  ['fd00:0:0:0:0:0:0:1', 'fd00::1'],
  ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
  ['1:0:0:2:3:0:0:4', '1::2:3:0:0:4'],
  ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
  ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
  ['::ffff:10.0.0.1', '10.0.0.1'],
  ['::ffff:a00:1', '10.0.0.1'],
  ['::10.0.0.1', '::a00:1'],
  ['64:ff9b::010.0.0.1', '64:ff9b::a00:1'],
  ['1:2:3:4:5:6:7:8:9', undefined],
  ['1:2:3:4:5:6:7', undefined],
  ['1::2::3', undefined],
  ['1:::2', undefined],
  [':1:2:3:4:5:6:7', undefined],
  ['1:2:3:4:5:6:7:', undefined],
  ['1:2:3:4:5:6:7::8', undefined],
  ['12345::', undefined],
  ['g::', undefined],
  ['fe80::1%eth0', undefined],
  ['[::1]', undefined],
  ['1.2.3.4::', undefined],
  ['::1.2.3.4:5', undefined],
  ['1'.repeat(1000), undefined],
];

const cidrs: [string, string | undefined][] = [
  ['10.0.0.0/8', '10.0.0.0/8'],
  ['10.1.2.3/8', '10.0.0.0/8'],
  ['10.1.2.3/12', '10.0.0.0/12'],
  ['010.0.0.0/08', '10.0.0.0/8'],
  ['0.0.0.0/0', '0.0.0.0/0'],
  ['10.0.0.1/32', '10.0.0.1/32'],
  ['10.0.0.1/33', undefined],
  ['10.0.0.1', undefined],
  ['10.0.0.1/', undefined],
  ['10.0.0.1/-1', undefined],
  ['10.0.0.1/8/8', undefined],
  ['10.0.0.1/ 8', undefined],
  ['fd00:1::1/64', 'fd00:1::/64'],
  ['::/0', '::/0'],
  ['fd00::/129', undefined],
  ['::ffff:10.1.2.3/104', '10.0.0.0/8'],
  ['::ffff:10.1.2.3/64', undefined],
];

const special: [string, string | undefined][] = [
  ['10.0.0.1', undefined],
  ['0.0.0.0', 'unspecified'],
  ['::', 'unspecified'],
  ['127.9.9.9', 'loopback'],
  ['::1', 'loopback'],
  ['169.254.1.1', 'link-local'],
  ['fe80::1', 'link-local'],
  ['febf::1', 'link-local'],
  ['fec0::1', undefined],
  ['224.0.0.1', 'link-local multicast'],
  ['224.0.1.1', undefined],
  ['ff02::1', 'link-local multicast'],
  ['ff05::1', undefined],
];

const inside: [string, string, boolean][] = [
  ['10.0.0.0/8', '10.255.255.255', true],
  ['10.0.0.0/8', '11.0.0.0', false],
  ['10.0.0.0/9', '10.128.0.0', false],
  ['0.0.0.0/0', '1.2.3.4', true],
  ['0.0.0.0/0', '::1', false],
  ['fd00::/64', 'fd00::ffff:1', true],
  ['fd00::/64', 'fd00:0:0:1::', false],
];

const v4 = fc.ipV4();
const v6 = fc.ipV6();

describe('addresses are read as Go reads them', () => {
  it.each(ips)('%j', (text, expected) => expect(parseIp(text)?.text).toBe(expected));
  it.each(cidrs)('%j', (text, expected) => expect(parseCidr(text)?.text).toBe(expected));
  it.each(special)('%s is %s', (text, expected) => expect(specialUse(parseIp(text) ?? never())).toBe(expected));
  it.each(inside)('%s contains %s: %s', (cidr, ip, expected) => {
    expect(contains(parseCidr(cidr) ?? never(), parseIp(ip) ?? never())).toBe(expected);
  });

  it('canonical text is a fixed point, and node agrees that it is an address', () => {
    fc.assert(
      fc.property(fc.oneof(v4, v6), (text) => {
        const ip = parseIp(text) ?? never();
        expect(parseIp(ip.text)).toEqual(ip);
        expect(isIP(ip.text)).toBe(ip.family === 'ipv4' ? 4 : 6);
        expect(ip.bytes.length).toBe(ip.family === 'ipv4' ? 4 : 16);
        expect(contains(hostCidr(ip), ip)).toBe(true);
      }),
    );
  });

  it('what it accepts is what node accepts, leading zeros aside', () => {
    const characters = fc.constantFrom(...'0123456789abcdef:::::.....%/ xA');
    fc.assert(
      fc.property(fc.string({ unit: characters, maxLength: 24 }), (text) => {
        const octets = text.replace(/(?<![0-9a-fA-F])0+(?=\d+(?:\.|$))/g, '');
        if (text.includes('.') && octets !== text) return;
        expect(parseIp(text) !== undefined).toBe(isIP(text) !== 0 && !text.includes('%'));
      }),
      { numRuns: 5000 },
    );
  });

  it('networks are fixed points', () => {
    fc.assert(
      fc.property(v4, fc.integer({ min: 0, max: 32 }), (ip, prefix) => {
        const cidr = parseCidr(`${ip}/${prefix}`) ?? never();
        expect(parseCidr(cidr.text)).toEqual(cidr);
        expect(contains(cidr, parseIp(ip) ?? never())).toBe(true);
      }),
    );
  });

  it('joins ports', () => {
    expect([joinHostPort('10.0.0.1', 80), joinHostPort('fd00::1', 80)]).toEqual(['10.0.0.1:80', '[fd00::1]:80']);
  });
});

function never(): never {
  throw new Error('not an address');
}
