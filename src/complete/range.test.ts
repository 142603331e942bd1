import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Cidr, contains, network, parseCidr, parseIp } from '../ip.js';
import { nodePortRange } from './allocate/ranges.js';
import { addressAt, placeOf, podRange, serviceRange } from './range.js';

function cidr(text: string): Cidr {
  const parsed = parseCidr(text);
  if (!parsed) throw new Error(text);
  return parsed;
}

describe('serviceRange', () => {
  it.each([
    // The tables of KEP-3070 and pkg/registry/core/service/ipallocator: first, last, first of the dynamic band.
    ['10.96.0.0/12', 1048574, 256, '10.96.0.1', '10.111.255.254', '10.96.1.1'],
    ['10.0.0.0/16', 65534, 256, '10.0.0.1', '10.0.255.254', '10.0.1.1'],
    ['10.0.0.0/20', 4094, 256, '10.0.0.1', '10.0.15.254', '10.0.1.1'],
    ['10.0.0.0/24', 254, 16, '10.0.0.1', '10.0.0.254', '10.0.0.17'],
    ['10.0.0.16/28', 14, 16, '10.0.0.17', '10.0.0.30', undefined],
    ['10.0.0.8/29', 6, 0, '10.0.0.9', '10.0.0.14', '10.0.0.9'],
    ['10.0.0.0/31', 0, 0, undefined, undefined, undefined],
    ['10.0.0.0/32', 0, 0, undefined, undefined, undefined],
    ['fd00::/64', 2 ** 48 - 1, 256, 'fd00::1', 'fd00::ffff:ffff:ffff', 'fd00::101'],
    ['fd00:10:96::/112', 65535, 256, 'fd00:10:96::1', 'fd00:10:96::ffff', 'fd00:10:96::101'],
    ['fd00::/108', 1048575, 256, 'fd00::1', 'fd00::f:ffff', 'fd00::101'],
    ['fd00::/128', 0, 0, undefined, undefined, undefined],
  ])('%s', (text, size, reserved, first, last, dynamic) => {
    const range = serviceRange(cidr(text));
    const at = (place: number) => (place >= 0 && place < range.size ? addressAt(range, place) : undefined);
    expect(range).toMatchObject({ size, reserved });
    expect([at(0), at(size - 1), at(reserved)]).toEqual([first, last, dynamic]);
  });
});

describe('podRange', () => {
  it('has no band', () => expect(podRange(cidr('10.244.1.0/24'))).toMatchObject({ size: 254, reserved: 0 }));
});

describe('nodePortRange', () => {
  // KEP-3668.
  it.each([
    [{ first: 30000, last: 32767 }, 2768, 86],
    [{ first: 30000, last: 30014 }, 15, 0],
    [{ first: 30000, last: 30015 }, 16, 16],
    [{ first: 30000, last: 30127 }, 128, 16],
    [{ first: 30000, last: 30999 }, 1000, 31],
    [{ first: 1024, last: 65535 }, 64512, 128],
    [{ first: 30000, last: 30000 }, 1, 0],
  ])('%j', (range, size, reserved) => expect(nodePortRange(range)).toEqual({ size, reserved }));
});

describe('placeOf', () => {
  it.each([
    ['10.0.0.0/24', '10.0.0.0', undefined],
    ['10.0.0.0/24', '10.0.0.1', 0],
    ['10.0.0.0/24', '10.0.0.254', 253],
    ['10.0.0.0/24', '10.0.0.255', undefined],
    ['10.0.0.0/24', '10.0.1.1', undefined],
    ['10.0.0.0/24', '9.255.255.255', undefined],
    ['10.0.0.0/24', 'fd00::1', undefined],
    ['fd00::/64', 'fd00::1:0:0:1', undefined],
    ['fd00::/112', 'fd00::ffff', 65534],
    ['fd00::/112', 'fc00::ffff', undefined],
  ])('in %s of %s', (range, text, expected) => {
    const ip = parseIp(text);
    expect(ip && placeOf(serviceRange(cidr(range)), ip)).toBe(expected);
  });

  it('is where addressAt finds it again, inside of the network', () => {
    const bytes = fc.oneof(
      fc.tuple(fc.array(fc.nat(255), { minLength: 4, maxLength: 4 }), fc.integer({ min: 0, max: 30 })),
      fc.tuple(
        fc.array(fc.nat(255), { minLength: 15, maxLength: 15 }).map((rest) => [0xfd, ...rest]),
        fc.integer({ min: 64, max: 127 }),
      ),
    );
    fc.assert(
      fc.property(bytes, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), ([base, prefix], share) => {
        const of = network({ family: base.length === 4 ? 'ipv4' : 'ipv6', text: '', bytes: base }, prefix);
        const range = serviceRange(of);
        const place = Math.floor(share * range.size);
        const ip = parseIp(addressAt(range, place));
        expect(ip && contains(of, ip)).toBe(true);
        expect(ip && placeOf(range, ip)).toBe(place);
      }),
    );
  });
});
