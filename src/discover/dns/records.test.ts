import { describe, expect, it } from '@jest/globals';
import { readCluster } from '../../front.js';
import type { EndpointSlice, Service, Snapshot } from '../../read/types.js';
import { dataText } from './rdata.js';
import { recordsOf } from './records.js';

const WEB = `
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  clusterIPs: [10.96.0.41, "fd00:10:96::41"]
  clusterIP: 10.96.0.41
  ports: [{ name: http, port: 80 }]
---
apiVersion: v1
kind: Service
metadata: { name: db }
spec:
  clusterIP: None
  ports: [{ name: sql, port: 5432 }]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: db-x1, labels: { kubernetes.io/service-name: db } }
addressType: IPv4
ports: [{ name: sql, port: 5432 }]
endpoints:
  - { addresses: [10.244.1.5], hostname: db-0 }
  - { addresses: [10.244.1.6] }
`;

const CLUSTER = snapshotOf(WEB);
const [service, headless] = CLUSTER.services as readonly [Service, Service];
const [slice] = CLUSTER.slices as readonly [EndpointSlice];

describe('what is made up', () => {
  const first = slice.endpoints.map((endpoint, i) => (i === 0 ? { ...endpoint, simulated: true as const } : endpoint));
  const cases: readonly [string, Partial<Snapshot>, readonly string[]][] = [
    ['nothing', {}, []],
    [
      'one of two cluster IPs',
      {
        services: [
          { ...service, allocated: { clusterIPs: ['10.96.0.41'], nodePorts: [], healthCheckNodePort: false } },
        ],
      },
      ['41.0.96.10.in-addr.arpa. PTR web.default.svc.c.local.', 'web.default.svc.c.local. A 10.96.0.41'],
    ],
    [
      'one of two endpoints',
      { services: [headless], slices: [{ ...slice, endpoints: first }] },
      [
        '5.1.244.10.in-addr.arpa. PTR db-0.db.default.svc.c.local.',
        'db.default.svc.c.local. A 10.244.1.5',
        '_sql._tcp.db.default.svc.c.local. SRV 0 100 5432 db-0.db.default.svc.c.local.',
        'db-0.db.default.svc.c.local. A 10.244.1.5',
      ],
    ],
    [
      'a slice that another slice of the input agrees with',
      { services: [headless], slices: [{ ...slice, synthetic: 'simulated Pods' }, slice] },
      [],
    ],
  ];
  it.each(cases)('%s', (_, change, expected) => {
    const { value } = recordsOf({ ...CLUSTER, ...change }, 'c.local');
    const made = value.filter(({ synthetic }) => synthetic);
    expect(made.map((record) => `${record.name} ${record.type} ${dataText(record)}`)).toEqual(expected);
  });
});

describe('what is left out', () => {
  const long = `${'d'.repeat(60)}.${'e'.repeat(60)}.${'f'.repeat(60)}.${'g'.repeat(50)}.local`;
  const cases: readonly [string, Partial<Snapshot>, string, number, readonly string[]][] = [
    ['nothing', {}, 'c.local', 14, []],
    [
      'a Service without an address',
      { services: [{ ...service, spec: { ...service.spec, clusterIPs: [] } }] },
      'c.local',
      1,
      ['note no-cluster-ip'],
    ],
    [
      'endpoints that are names',
      { services: [headless], slices: [{ ...slice, addressType: 'FQDN' }] },
      'c.local',
      1,
      ['note fqdn-slice'],
    ],
    ['a slice of no Service', { services: [] }, 'c.local', 1, []],
    ['names that are too long', { services: [service] }, long, 1, ['warning dns-name-too-long']],
  ];
  it.each(cases)('%s', (_, change, domain, count, expected) => {
    const { value, diagnostics } = recordsOf({ ...CLUSTER, ...change }, domain);
    expect(value).toHaveLength(count);
    expect(diagnostics.map(({ severity, code }) => `${severity} ${code}`)).toEqual(expected);
  });
});

it('does not depend on the order of objects, and names are in lower case', () => {
  const { services, slices } = CLUSTER;
  const turned = { ...CLUSTER, services: services.toReversed(), slices: slices.map(turn).toReversed() };
  expect(recordsOf(turned, 'C.Local')).toEqual(recordsOf(CLUSTER, 'c.local'));
});

function turn(each: EndpointSlice): EndpointSlice {
  return { ...each, endpoints: each.endpoints.toReversed(), ports: each.ports.toReversed() };
}

function snapshotOf(text: string): Snapshot {
  const { value, diagnostics } = readCluster([{ name: 'x.yaml', text }], {});
  expect(diagnostics).toEqual([]);
  return value;
}
