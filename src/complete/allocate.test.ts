import { describe, expect, it } from '@jest/globals';
import { keyOf } from '../read/types.js';
import {
  address,
  DUAL,
  type Flags,
  lines,
  NODE_PORT,
  type Objects,
  problems,
  range,
  run,
  service,
  snapshot,
  TCP_UDP,
} from '../testing/random/allocation.js';
import { allocate } from './allocate.js';
import { NODE_PORTS } from './complete.js';

describe('allocate gives', () => {
  it.each<[string, Objects, Flags, readonly string[]]>([
    ['a cluster IP by name', [service('web')], {}, ['web [10.106.12.127]']],
    [
      'the same whatever there is besides',
      [service('a'), service('web')],
      {},
      ['a [10.104.217.29]', 'web [10.106.12.127]'],
    ],
    ['another in another namespace', [service('other/web')], {}, ['web [10.96.118.28]']],
    ['none to a headless one', [service('web', { clusterIP: 'None' })], {}, ['web None']],
    ['none to an ExternalName', [service('web', { type: 'ExternalName', externalName: 'a.b' })], {}, ['web']],
    ['none where there is one', [service('web', { clusterIP: '172.30.0.7' })], {}, ['web 172.30.0.7']],
    ['one of both families', [service('web', DUAL)], {}, ['web [10.106.12.127] [fd00:10:96::3024]']],
    [
      'the other of two',
      [service('web', { ...DUAL, clusterIP: 'fd00:10:96::9' })],
      {},
      ['web fd00:10:96::9 [10.106.12.127]'],
    ],
    ['of the flag', [service('web')], { cidr: '10.9.0.0/16' }, ['web [10.9.196.27]']],
    [
      'of the flag of both families',
      [service('web', DUAL)],
      { cidr: 'fd09::/112,10.9.0.0/16' },
      ['web [fd09::3024] [10.9.196.27]'],
    ],
    ['of one family, where there is one', [service('web', DUAL)], { cidr: '10.9.0.0/16' }, ['web [10.9.196.27]']],
    ['of the ServiceCIDR', [service('web'), range('kubernetes', '10.9.0.0/16')], {}, ['web [10.9.196.27]']],
    [
      'of the next one when the first is full',
      [
        service('web'),
        service('a', { clusterIP: '10.9.0.1' }),
        service('b', { clusterIP: '10.9.0.2' }),
        range('a', '10.8.0.0/29'),
        range('kubernetes', '10.9.0.0/30'),
      ],
      {},
      ['web [10.8.0.1]', 'a 10.9.0.1', 'b 10.9.0.2'],
    ],
    [
      'none twice where ranges overlap',
      [
        service('s1'),
        service('s2'),
        service('s3'),
        service('s4'),
        service('s5'),
        service('s6'),
        range('kubernetes', '10.9.0.0/30'),
        range('wider', '10.9.0.0/29'),
      ],
      {},
      ['s1 [10.9.0.6]', 's2 [10.9.0.3]', 's3 [10.9.0.1]', 's4 [10.9.0.2]', 's5 [10.9.0.4]', 's6 [10.9.0.5]'],
    ],
    [
      'the only one that is free',
      [service('web'), service('b', { clusterIP: '10.9.0.1' })],
      { cidr: '10.9.0.0/30' },
      ['web [10.9.0.2]', 'b 10.9.0.1'],
    ],
    ['the API server the first', [service('kubernetes')], {}, ['kubernetes [10.96.0.1]']],
    ['a namesake of it any', [service('other/kubernetes')], {}, ['kubernetes [10.101.107.148]']],
    ['the DNS the tenth', [service('kube-system/kube-dns', DUAL)], {}, ['kube-dns [10.96.0.10] [fd00:10:96::a]']],
    [
      'the DNS by its label',
      [service('kube-system/coredns', {}, { 'k8s-app': 'kube-dns' })],
      {},
      ['coredns [10.96.0.10]'],
    ],
    [
      'one DNS only',
      [service('kube-system/a', {}, { 'k8s-app': 'kube-dns' }), service('kube-system/kube-dns')],
      {},
      ['a [10.111.180.168]', 'kube-dns [10.96.0.10]'],
    ],
    [
      'any, when the tenth is taken',
      [service('kube-system/kube-dns'), service('b', { clusterIP: '10.96.0.10' })],
      {},
      ['kube-dns [10.104.107.73]', 'b 10.96.0.10'],
    ],
    ['what the cluster gave it', [service('web'), address('10.96.7.7', 'default/web')], {}, ['web 10.96.7.7']],
    [
      'not what the cluster gave another',
      [service('web'), address('10.9.0.1', 'default/gone')],
      { cidr: '10.9.0.0/30' },
      ['web [10.9.0.2]'],
    ],
    ['a node port by name and port', [service('web', NODE_PORT)], {}, ['web [10.106.12.127] [:30808]']],
    ['node ports of a range', [service('web', NODE_PORT)], { ports: [40000, 40099] }, ['web [10.106.12.127] [:40042]']],
    [
      'one node port for both protocols',
      [service('web', TCP_UDP(0, 0))],
      {},
      ['web [10.106.12.127] [:31796] [:31796]'],
    ],
    [
      'the node port of the other protocol',
      [service('web', TCP_UDP(0, 30007))],
      {},
      ['web [10.106.12.127] :30007 :30007'],
    ],
    [
      'not the node port of the other protocol, when a third port has it',
      [
        service('web', {
          ...NODE_PORT,
          ports: [
            { name: 'a', port: 53 },
            { name: 'b', port: 53, protocol: 'UDP', nodePort: 30007 },
            { name: 'c', port: 54, nodePort: 30007 },
          ],
        }),
      ],
      {},
      ['web [10.106.12.127] [:30848] :30007 :30007'],
    ],
    ['both that are asked for', [service('web', TCP_UDP(30006, 30007))], {}, ['web [10.106.12.127] :30006 :30007']],
    ['node ports to a load balancer', [service('web', { type: 'LoadBalancer' })], {}, ['web [10.106.12.127] [:30808]']],
    [
      'none when it wants none',
      [service('web', { type: 'LoadBalancer', allocateLoadBalancerNodePorts: false })],
      {},
      ['web [10.106.12.127]'],
    ],
    [
      'a health check node port',
      [service('web', { type: 'LoadBalancer', externalTrafficPolicy: 'Local', allocateLoadBalancerNodePorts: false })],
      {},
      ['web [10.106.12.127] [health:31665]'],
    ],
    [
      'none to a NodePort',
      [service('web', { ...NODE_PORT, externalTrafficPolicy: 'Local' })],
      {},
      ['web [10.106.12.127] [:30808]'],
    ],
    [
      'a node port that nobody has for any protocol',
      [
        service('web', NODE_PORT),
        service('b', { ...NODE_PORT, ports: [{ port: 1, protocol: 'SCTP', nodePort: 40000 }] }),
      ],
      { ports: [40000, 40001] },
      ['web [10.106.12.127] [:40001]', 'b [10.104.58.214] :40000'],
    ],
    ['nothing, unless asked to', [service('web', NODE_PORT)], { allocate: false }, ['web']],
  ])('%s', (_, objects, flags, expected) => {
    expect(lines(objects, flags)).toEqual(expected);
    expect(problems(objects, flags)).toEqual([]);
  });
});

describe('allocate fills', () => {
  it.each([
    ['what there is one of', {}, { ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' }],
    ['both families', DUAL, { ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'PreferDualStack' }],
    [
      'families without a policy',
      { ipFamilies: ['IPv6', 'IPv4'] },
      { ipFamilies: ['IPv6', 'IPv4'], ipFamilyPolicy: 'RequireDualStack' },
    ],
    ['a headless one', { clusterIP: 'None' }, { ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'RequireDualStack' }],
  ])('%s', (_, spec, expected) => {
    expect(run([service('web', spec)]).value[0]?.spec).toMatchObject(expected);
  });

  it('leaves all as it is without allocate', () => {
    const read = snapshot([service('web')]);
    const { value } = allocate(read, { serviceCIDRs: [], nodePorts: NODE_PORTS, allocate: false });
    expect(value).toBe(read.services);
  });
});

it('10,000 Services have 10,000 addresses, in the order of the input', () => {
  const objects = Array.from({ length: 10_000 }, (_, i) =>
    service(`ns-${i % 50}/svc-${i}`, i % 10 === 0 ? NODE_PORT : {}),
  );
  const read = snapshot(objects);
  const { value } = allocate(read, { serviceCIDRs: [], nodePorts: NODE_PORTS, allocate: true });
  expect(new Set(value.map(({ spec }) => spec.clusterIPs[0])).size).toBe(10_000);
  expect(value.map(keyOf)).toEqual(read.services.map(keyOf));
});

const BOTH = [
  { name: 'dns-tcp', port: 53 },
  { name: 'dns', port: 53, protocol: 'UDP' },
];

describe('a node port follows the name of its port', () => {
  const spec = (...ports: object[]) => [service('web', { type: 'NodePort', ports })];
  /** Node ports by port name. */
  const given = (objects: Objects) => {
    const { value } = run(objects);
    return Object.fromEntries(value.flatMap(({ spec }) => spec.ports.map(({ name, nodePort }) => [name, nodePort])));
  };
  const HTTP = { name: 'http', port: 80 };
  const ADMIN = { name: 'admin', port: 8080 };

  it.each([
    ['in another order', spec(HTTP, ADMIN), spec(ADMIN, HTTP)],
    ['with another number', spec(HTTP, ADMIN), spec({ ...HTTP, port: 8081 }, ADMIN)],
    ['with another protocol', spec(HTTP, ADMIN), spec({ ...HTTP, protocol: 'SCTP' }, ADMIN)],
    ['with another target', spec(HTTP, ADMIN), spec({ ...HTTP, targetPort: 'x' }, ADMIN)],
    ['without a name, with another number', spec({ port: 80 }), spec({ port: 81 })],
    ['shared by two protocols, in another order', spec(...BOTH), spec(...[...BOTH].reverse())],
  ])('%s', (_, before, after) => expect(given(after)).toEqual(given(before)));

  it('and stays when another port comes', () => {
    expect(given(spec(HTTP, ADMIN))).toMatchObject(given(spec(HTTP)));
  });

  it('and is another with another name', () => {
    expect(given(spec({ ...HTTP, name: 'www' }))['www']).not.toBe(given(spec(HTTP))['http']);
  });
});
