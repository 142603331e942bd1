import { describe, expect, it } from '@jest/globals';
import { parseCidr } from '../ip.js';
import { serviceOf } from '../read/types.js';
import { serviceImport, smallClusterOf } from '../testing/random/clusterset.js';
import { clusters, merged, web } from '../testing/random/exporting.js';
import { mergeClusters } from './mcs.js';

describe('ports', () => {
  const [A, B, C] = ['10.1.0.1', '10.2.0.1', '10.3.0.1'];
  it.each([
    ['alike', [[['http', 80]], [['http', 80]]], { 'http 80': [`${A}:8080`, `${B}:8080`] }, false],
    [
      'the union',
      [
        [['http', 80]],
        [
          ['http', 80],
          ['dns', 53],
        ],
      ],
      { 'http 80': [`${A}:8080`, `${B}:8080`], 'dns 53': [`${B}:8053`] },
      true,
    ],
    [
      'one name, two numbers: traffic only to who has the number',
      [[['http', 80]], [['http', 81]]],
      { 'http 80': [`${A}:8080`] },
      true,
    ],
    ['one number, two names', [[['http', 80]], [['web', 80]]], { 'http 80': [`${A}:8080`, `${B}:8080`] }, true],
    [
      "a number that one lost by its name is the next one's",
      [[['http', 80]], [['http', 81]], [['web', 81]]],
      { 'http 80': [`${A}:8080`], 'web 81': [`${B}:8081`, `${C}:8081`] },
      true,
    ],
  ] as const)('%s', (_, ports, expected, conflict) => {
    const { service, diagnostics } = merged(
      ...ports.map((each, i) => web({ ports: each, endpoints: [[A, B, C][i] ?? ''] })),
    );
    const found = service?.ports.map(({ name, port }) => {
      const its = service.slices.flatMap((slice) =>
        slice.ports
          .filter((listed) => listed.name === name)
          .flatMap((listed) => slice.endpoints.map(({ addresses }) => `${addresses[0]}:${listed.port}`)),
      );
      return [`${name} ${port}`, its];
    });
    expect(Object.fromEntries(found ?? [])).toEqual(expected);
    expect(diagnostics.some(({ message }) => message.startsWith('PortConflict'))).toBe(conflict);
  });
});

describe('mergeClusters', () => {
  const all = clusters(
    web({ endpoints: ['10.1.0.1'] }),
    web({ endpoints: ['10.2.0.1'], endpoint: { zone: 'z', hints: { forZones: [{ name: 'z' }] } } }),
  );

  it('adds a Service and leaves those that are there as they are', () => {
    const { value } = mergeClusters(all, all[0]);
    expect(value.services.slice(0, -1)).toEqual(all[0].snapshot.services);
    expect(value.slices.slice(0, all[0].snapshot.slices.length)).toEqual(all[0].snapshot.slices);
    expect(value.services.at(-1)).toMatchObject({
      metadata: { name: 'web--clusterset', namespace: 'shop' },
      spec: { type: 'ClusterIP' },
      allocated: { nodePorts: [] },
    });
    expect(value.services.at(-1)?.allocated?.clusterIPs).toEqual(value.services.at(-1)?.spec.clusterIPs);
  });

  it('takes from the endpoints of others what is true in their cluster only', () => {
    const slices = mergeClusters(all, all[0]).value.slices.filter(
      (slice) => serviceOf(slice) === 'shop/web--clusterset',
    );
    expect(slices.flatMap(({ endpoints, synthetic }) => endpoints.map((each) => ({ ...each, synthetic })))).toEqual([
      { addresses: ['10.1.0.1'], conditions: {}, nodeName: 'node-a', synthetic: undefined },
      { addresses: ['10.2.0.1'], conditions: {}, nodeName: 'b/node-a', synthetic: 'other clusters' },
    ]);
  });

  it.each([
    ['of a namespace it has', [], 1],
    [
      'of one that it has an object in',
      [{ apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'x', namespace: 'shop' } }],
      1,
    ],
    ['of one that it has not', [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } }], 0],
    ['of one that its Namespaces have', [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }], 1],
  ] as const)('imports Services %s', (about, more, expected) => {
    const importer = smallClusterOf('z', about === 'of a namespace it has' ? [{ name: 'own', exported: false }] : [], {
      more,
    });
    const added = mergeClusters([...all, importer], importer).value.services.length - importer.snapshot.services.length;
    expect(added).toBe(expected);
  });

  it('exports into its own cluster whatever Namespaces that has', () => {
    const only = smallClusterOf('a', [web({})], {
      more: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } }],
    });
    expect(mergeClusters([only], only).value.services).toHaveLength(2);
  });

  it('takes the address of the ServiceImport', () => {
    const own = smallClusterOf('a', [web({})], { more: [serviceImport({ ips: ['10.112.0.7'] })] });
    const [, shadow] = mergeClusters([own], own).value.services;
    expect(shadow?.spec.clusterIPs).toEqual(['10.112.0.7']);
    expect(shadow?.allocated).toBeUndefined();
  });

  it.each([9, 10, 11, 12, 13, 14])(
    'gives the only address that no cluster has, 10.96.0.%i, in every cluster',
    (free) => {
      // Six addresses; .8 is the network's own and .15 its broadcast address.
      const range = [parseCidr('10.96.0.8/29')].flatMap((cidr) => cidr ?? []);
      const taken = [9, 10, 11, 12, 13, 14].filter((n) => n !== free).map((n) => `10.96.0.${n}`);
      const [one = '', two = '', ...externalIPs] = taken;
      const many = clusters(web({ spec: { clusterIP: one } }), web({ spec: { clusterIP: two, externalIPs } }));
      const addresses = many.map((each) => mergeClusters(many, each, range).value.services.at(-1)?.spec.clusterIPs);
      expect(addresses).toEqual([[`10.96.0.${free}`], [`10.96.0.${free}`]]);
    },
  );

  it('says when there is no address left', () => {
    const { diagnostics } = mergeClusters(
      all,
      all[0],
      [parseCidr('10.112.0.0/32')].flatMap((cidr) => cidr ?? []),
    );
    expect(diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code)).toEqual([
      'mcs-no-address',
    ]);
  });

  it('refuses an address that a Service of another namespace has', () => {
    const own = smallClusterOf('a', [web({})], {
      more: [
        serviceImport({ ips: ['10.96.9.9'] }),
        {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: 'x' },
          spec: { clusterIP: '10.96.9.9', ports: [{ port: 1 }] },
        },
      ],
    });
    const { value, diagnostics } = mergeClusters([own], own);
    expect(value.services).toHaveLength(2);
    expect(diagnostics.map(({ code }) => code)).toContain('cluster-ip-conflict');
  });
});
