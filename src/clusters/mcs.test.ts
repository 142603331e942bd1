import { describe, expect, it } from '@jest/globals';
import { parseCidr } from '../ip.js';
import { serviceOf } from '../read/types.js';
import { type SmallExport, serviceImport, smallClusterOf } from '../testing/random/clusterset.js';
import type { Cluster } from './clusters.js';
import { clustersetServices, mergeClusters } from './mcs.js';

const OLD = '2024-01-01T00:00:00Z';
const NEW = '2024-02-01T01:00:00+01:00';

/** The clusters called a, b, … that export these; the last one is asked. */
function clusters(...exports: readonly SmallExport[]): readonly [Cluster, ...Cluster[]] {
  const [first, ...rest] = exports.map((each, i) => smallClusterOf(String.fromCharCode(97 + i), [each]));
  if (!first) throw new Error('no cluster');
  return [first, ...rest];
}

function merged(...exports: readonly SmallExport[]) {
  const all = clusters(...exports);
  const { value, diagnostics } = clustersetServices(all, all[0]);
  return { service: value[0], diagnostics: diagnostics.filter(({ severity }) => severity !== 'note') };
}

const web = (some: Partial<SmallExport>): SmallExport => ({ name: 'web', ...some });

describe('what exports disagree about', () => {
  it.each([
    [
      'the oldest decides',
      [
        { created: NEW, spec: { sessionAffinity: 'None' } },
        { created: OLD, spec: { sessionAffinity: 'ClientIP' } },
      ],
      'sessionAffinity',
      'ClientIP',
      'SessionAffinityConflict',
    ],
    [
      'of one age: the first by name',
      [{ created: OLD, spec: { sessionAffinity: 'ClientIP' } }, { created: OLD }],
      'sessionAffinity',
      'ClientIP',
      'SessionAffinityConflict',
    ],
    [
      'one without age comes last',
      [{ spec: { sessionAffinity: 'ClientIP' } }, { created: NEW }],
      'sessionAffinity',
      'None',
      'SessionAffinityConflict',
    ],
    [
      'what is no timestamp is no age',
      [{ created: 'yesterday', spec: { sessionAffinity: 'ClientIP' } }, { created: NEW }],
      'sessionAffinity',
      'None',
      'SessionAffinityConflict',
    ],
    [
      'zones of time',
      [
        { created: '2024-01-01T02:00:00+05:00' },
        { created: '2024-01-01T00:00:00Z', spec: { sessionAffinity: 'ClientIP' } },
      ],
      'sessionAffinity',
      'None',
      'SessionAffinityConflict',
    ],
    [
      'headlessness',
      [{ created: NEW }, { created: OLD, spec: { clusterIP: 'None' } }],
      'type',
      'Headless',
      'TypeConflict',
    ],
    [
      'timeouts',
      [
        { created: NEW, spec: { sessionAffinity: 'ClientIP' } },
        {
          created: OLD,
          spec: { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 5 } } },
        },
      ],
      'affinityTimeoutSeconds',
      5,
      'SessionAffinityConfigConflict',
    ],
    [
      'internal policy',
      [{}, { spec: { internalTrafficPolicy: 'Local' } }],
      'internalTrafficPolicy',
      'Cluster',
      'InternalTrafficPolicyConflict',
    ],
    [
      'traffic distribution',
      [{ spec: { trafficDistribution: 'PreferClose' } }, {}],
      'trafficDistribution',
      'PreferClose',
      'TrafficDistributionConflict',
    ],
    ['labels', [{ exportSpec: { exportedLabels: { x: '1' } } }, {}], 'labels', { x: '1' }, 'LabelsConflict'],
    [
      'annotations',
      [{ exportSpec: { exportedAnnotations: { x: '1' } } }, {}],
      'annotations',
      { x: '1' },
      'AnnotationsConflict',
    ],
    ['families: all', [{}, { spec: { clusterIP: 'fd00::1' } }], 'families', ['IPv4', 'IPv6'], 'IPFamilyConflict'],
  ] as const)('%s', (_, exports, field, expected, reason) => {
    const { service, diagnostics } = merged(...exports.map(web));
    expect(service?.[field]).toEqual(expected);
    expect(diagnostics.map(({ origin, message }) => [origin?.source.name, message.split(':')[0]]).sort()).toEqual([
      ['a.json', reason],
      ['b.json', reason],
    ]);
    expect(diagnostics.map(({ origin, related }) => origin?.source.name !== related?.origin.source.name)).toEqual([
      true,
      true,
    ]);
  });

  it('is not what they agree about, nor a timeout that only one has', () => {
    const affinity = { sessionAffinity: 'ClientIP' };
    expect(merged(web({ created: OLD, spec: affinity }), web({ created: NEW, spec: affinity })).diagnostics).toEqual(
      [],
    );
    expect(
      merged(web({ spec: affinity }), web({})).diagnostics.every(({ message }) =>
        /^SessionAffinityConflict/.test(message),
      ),
    ).toBe(true);
  });
});

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
