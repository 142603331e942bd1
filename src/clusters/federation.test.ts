/** Federation: tables, and laws on random clusters. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dataText } from '../discover/dns/rdata.js';
import { type SmallExport, smallClusterOf } from '../testing/random/clusterset.js';
import type { Cluster } from './clusters.js';
import { FEDERATION_TTL, federationRecords } from './federation.js';

const FEDERATION = { name: 'fed', domain: 'Example.com' };
const IN = 'web.shop.fed.svc';

const shard = (some: Partial<SmallExport>): SmallExport => ({
  name: 'web',
  exported: false,
  spec: { type: 'LoadBalancer' },
  endpoints: ['10.0.0.1'],
  ...some,
});

/** A cluster in `region/zone`, with one Service or none. */
function cluster(name: string, place: string, service?: SmallExport): Cluster {
  const [region = '', zone = ''] = place.split('/');
  return smallClusterOf(name, service ? [service] : [], { place: { region, zone } });
}

const ip = (address: string) => ({ ingress: [{ ip: address }] });
const hostname = (name: string) => ({ ingress: [{ hostname: name }] });

/** `name type data`, names below the domain without it. */
function lines(clusters: readonly Cluster[]): readonly string[] {
  return federationRecords(clusters, FEDERATION).value.map((record) => {
    expect(record.ttl).toBe(FEDERATION_TTL);
    return `${record.name} ${record.type} ${dataText(record)}`.replaceAll('.example.com.', '');
  });
}

describe('federationRecords', () => {
  it.each([
    [
      'a healthy shard',
      [cluster('a', 'r/z', shard(ip('203.0.113.1')))],
      [`${IN} A 203.0.113.1`, `${IN}.r A 203.0.113.1`, `${IN}.z.r A 203.0.113.1`],
    ],
    [
      'without a ready endpoint',
      [cluster('a', 'r/z', shard({ ...ip('203.0.113.1'), endpoint: { conditions: { ready: false } } }))],
      [`${IN}.r CNAME ${IN}`, `${IN}.z.r CNAME ${IN}.r`],
    ],
    [
      'without any endpoint',
      [cluster('a', 'r/z', shard({ ...ip('203.0.113.1'), endpoints: [] }))],
      [`${IN}.r CNAME ${IN}`, `${IN}.z.r CNAME ${IN}.r`],
    ],
    ['without an address', [cluster('a', 'r/z', shard({}))], [`${IN}.r CNAME ${IN}`, `${IN}.z.r CNAME ${IN}.r`]],
    [
      'IPv6',
      [cluster('a', 'r/z', shard(ip('2001:DB8::1')))],
      [`${IN} AAAA 2001:db8::1`, `${IN}.r AAAA 2001:db8::1`, `${IN}.z.r AAAA 2001:db8::1`],
    ],
    ['no load balancer anywhere', [cluster('a', 'r/z', shard({ spec: {} }))], []],
    ['no Service', [cluster('a', 'r/z')], []],
    [
      'a cluster without the Service, in another region',
      [cluster('a', 'r/z', shard(ip('203.0.113.1'))), cluster('b', 's/y')],
      [
        `${IN} A 203.0.113.1`,
        `${IN}.r A 203.0.113.1`,
        `${IN}.z.r A 203.0.113.1`,
        `${IN}.s CNAME ${IN}`,
        `${IN}.y.s CNAME ${IN}.s`,
      ],
    ],
    [
      'two in one zone with one address',
      [cluster('a', 'r/z', shard(ip('203.0.113.1'))), cluster('b', 'r/z', shard(ip('203.0.113.1')))],
      [`${IN} A 203.0.113.1`, `${IN}.r A 203.0.113.1`, `${IN}.z.r A 203.0.113.1`],
    ],
    [
      'zones of one name in two regions',
      [cluster('a', 'r/z', shard(ip('203.0.113.1'))), cluster('b', 's/z', shard({}))],
      [
        `${IN} A 203.0.113.1`,
        `${IN}.r A 203.0.113.1`,
        `${IN}.z.r A 203.0.113.1`,
        `${IN}.s CNAME ${IN}`,
        `${IN}.z.s CNAME ${IN}.s`,
      ],
    ],
    [
      'a load balancer with a name',
      [cluster('a', 'r/z', shard(hostname('lb.example.net')))],
      ['', '.r', '.z.r'].map((at) => `${IN}${at} CNAME lb.example.net.`),
    ],
    [
      'names and addresses: where they meet, addresses',
      [cluster('a', 'r/z', shard(hostname('lb.example.net'))), cluster('b', 'r/y', shard(ip('203.0.113.2')))],
      [`${IN} A 203.0.113.2`, `${IN}.r A 203.0.113.2`, `${IN}.y.r A 203.0.113.2`, `${IN}.z.r CNAME lb.example.net.`],
    ],
    [
      'two names: the first',
      [cluster('a', 'r/z', shard(hostname('b.example.net'))), cluster('b', 'r/z', shard(hostname('a.example.net')))],
      ['', '.r', '.z.r'].map((at) => `${IN}${at} CNAME a.example.net.`),
    ],
  ] as const)('%s', (_, clusters, expected) => {
    expect([...lines(clusters)].sort()).toEqual([...expected].sort());
  });

  it.each([
    [
      'names beside addresses',
      [cluster('a', 'r/z', shard(hostname('lb.example.net'))), cluster('b', 'r/y', shard(ip('203.0.113.2')))],
      ['warning federation-hostname'],
    ],
    ['one name', [cluster('a', 'r/z', shard(hostname('lb.example.net')))], []],
    ['a cluster that is nowhere', [smallClusterOf('a', [])], ['error no-region', 'error no-zone']],
    ['a region that is no DNS label', [cluster('a', 'a_b/z')], ['error no-region']],
  ] as const)('says what is the matter with %s', (_, clusters, codes) => {
    const { diagnostics } = federationRecords(clusters, FEDERATION);
    expect(diagnostics.map(({ severity, code }) => `${severity} ${code}`)).toEqual(codes);
  });
});

const ADDRESSES = [
  [],
  [{ ip: '203.0.113.1' }],
  [{ ip: '203.0.113.2' }, { ip: '2001:db8::2' }],
  [{ hostname: 'lb.example.net' }],
  [{ hostname: 'lc.example.net' }],
];

const random = fc
  .array(
    fc.record({
      place: fc.constantFrom('r/y', 'r/z', 's/z', 't/x'),
      service: fc.option(fc.record({ ingress: fc.constantFrom(...ADDRESSES), ready: fc.boolean() })),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((all) =>
    all.map(({ place, service }, i) =>
      cluster(
        `c${i}`,
        place,
        service ? shard({ ingress: service.ingress, endpoint: { conditions: { ready: service.ready } } }) : undefined,
      ),
    ),
  );

describe('on random clusters', () => {
  const GLOBAL = `${IN}.example.com.`;

  it('names lead up, to what exists, and higher levels have what lower ones have', () => {
    fc.assert(
      fc.property(random, (clusters) => {
        const { value } = federationRecords(clusters, FEDERATION);
        const byName = new Map<string, string[]>();
        for (const record of value)
          byName.set(record.name, [...(byName.get(record.name) ?? []), `${record.type} ${dataText(record)}`]);
        for (const [name, data] of byName) {
          const up = name === GLOBAL ? undefined : name.replace(/^(web\.shop\.fed\.svc)\.[^.]+\./, '$1.');
          for (const each of data) {
            if (!each.startsWith('CNAME')) expect(byName.get(up ?? GLOBAL)).toContain(each);
            else {
              expect(data).toHaveLength(1);
              const target = each.slice('CNAME '.length);
              if (!target.endsWith('.example.net.')) {
                expect(target).toBe(up);
                expect(byName.has(target) || target === GLOBAL).toBe(true);
              }
            }
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('each cluster has a name at its zone and region, as long as there is the Service', () => {
    fc.assert(
      fc.property(random, (clusters) => {
        const names = new Set(federationRecords(clusters, FEDERATION).value.map(({ name }) => name));
        const exists = clusters.some(({ snapshot }) => snapshot.services.length > 0);
        for (const { region, zone } of clusters) {
          for (const at of [`${region}`, `${zone}.${region}`])
            expect(names.has(`${IN}.${at}.example.com.`)).toBe(exists);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('the order of clusters does not matter', () => {
    fc.assert(
      fc.property(random, (clusters) => {
        expect(lines([...clusters].reverse())).toEqual(lines(clusters));
      }),
      { numRuns: 100 },
    );
  });
});
