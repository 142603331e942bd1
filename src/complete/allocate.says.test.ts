import { describe, expect, it } from '@jest/globals';
import {
  address,
  type Flags,
  NODE_PORT,
  type Objects,
  problems,
  range,
  run,
  service,
  TCP_UDP,
} from '../testing/random/allocation.js';

describe('allocate complains about', () => {
  const here = (name: string) => `Service default/${name}`;
  const full = [service('a', { clusterIP: '10.9.0.1' }), service('b', { clusterIP: '10.9.0.2' }), service('web')];
  const outside = "has ClusterIP 10.0.0.1, and the cluster's are from";
  const port = (nodePort: number) =>
    service('web', { ...NODE_PORT, clusterIP: '10.96.0.7', ports: [{ port: 80, nodePort }] });
  const admitted = (object: object) => ({
    ...object,
    metadata: { name: 'web', namespace: 'default', uid: 'u', resourceVersion: '1' },
  });
  it.each<[string, Objects, Flags, readonly string[]]>([
    [
      'no address left',
      full,
      { cidr: '10.9.0.0/30' },
      [
        `error cluster-ips-exhausted ${here('web')} metadata.name: ${here('web')} gets no cluster IP: all 2 addresses of 10.9.0.0/30 are taken (${here('a')} has one of them)`,
      ],
    ],
    [
      'no address at all',
      [service('web')],
      { cidr: '10.9.0.0/32' },
      [
        `error cluster-ips-exhausted ${here('web')} metadata.name: ${here('web')} gets no cluster IP: 10.9.0.0/32 has no address for a Service`,
      ],
    ],
    [
      'no node port left',
      [service('a', NODE_PORT), service('web', NODE_PORT)],
      { ports: [40000, 40000] },
      [
        `error node-ports-exhausted ${here('a')} spec.ports[0]: ${here('a')} gets no node port for port 80: all 1 of 40000-40000 are taken (${here('web')} has one of them)`,
      ],
    ],
    [
      'a family that the cluster has not',
      [service('web', { ipFamilyPolicy: 'RequireDualStack' })],
      { cidr: '10.9.0.0/16' },
      [
        `error family-missing ${here('web')} spec.ipFamilyPolicy: ${here('web')} wants an IPv6 cluster IP, and the cluster has no IPv6 range of them`,
      ],
    ],
    [
      'a family by name',
      [service('web', { ipFamilies: ['IPv6'] })],
      { cidr: '10.9.0.0/16' },
      [
        `error family-missing ${here('web')} spec.ipFamilies: ${here('web')} wants an IPv6 cluster IP, and the cluster has no IPv6 range of them`,
      ],
    ],
    [
      'an address of another range',
      [service('web', { clusterIP: '10.0.0.1' })],
      { cidr: '10.9.0.0/16' },
      [`error cluster-ip-out-of-range ${here('web')} spec.clusterIP: ${here('web')} ${outside} 10.9.0.0/16`],
    ],
    [
      'an address of another ServiceCIDR',
      [service('web', { clusterIP: '10.0.0.1' }), range('kubernetes', '10.9.0.0/16')],
      { allocate: false },
      [
        `warning cluster-ip-out-of-range ${here('web')} spec.clusterIP: ${here('web')} ${outside} 10.9.0.0/16 of ServiceCIDR kubernetes (ServiceCIDR kubernetes is here)`,
      ],
    ],
    [
      'the address of a network itself',
      [service('web', { clusterIP: '10.9.0.0' })],
      { cidr: '10.9.0.0/16' },
      [
        `error cluster-ip-out-of-range ${here('web')} spec.clusterIP: ${here('web')} has ClusterIP 10.9.0.0, and the cluster's are from 10.9.0.0/16`,
      ],
    ],
    [
      "an address that is another's",
      [service('web', { clusterIP: '10.96.0.7' }), address('10.96.0.7', 'prod/api')],
      {},
      [
        `error cluster-ip-conflict ${here('web')} spec.clusterIP: ${here('web')} has ClusterIP 10.96.0.7, which is that of services prod/api (IPAddress 10.96.0.7 says so)`,
      ],
    ],
    [
      'the same when nothing is allocated',
      [service('web', { clusterIP: '10.96.0.7' }), address('10.96.0.7', 'prod/api')],
      { allocate: false },
      [
        `warning cluster-ip-conflict ${here('web')} spec.clusterIP: ${here('web')} has ClusterIP 10.96.0.7, which is that of services prod/api (IPAddress 10.96.0.7 says so)`,
      ],
    ],
    [
      'a node port out of the usual range',
      [port(80)],
      {},
      [
        `warning node-port-out-of-range ${here('web')} spec.ports[0].nodePort: ${here('web')} has node port 80, and the cluster's are 30000-32767`,
      ],
    ],
    [
      "a node port out of the flag's range",
      [port(80)],
      { ports: [30000, 32767] },
      [
        `error node-port-out-of-range ${here('web')} spec.ports[0].nodePort: ${here('web')} has node port 80, and the cluster's are 30000-32767`,
      ],
    ],
    [
      'a node port out of the usual range, where nothing is allocated',
      [port(80)],
      { allocate: false },
      [
        `warning node-port-out-of-range ${here('web')} spec.ports[0].nodePort: ${here('web')} has node port 80, and the cluster's are 30000-32767`,
      ],
    ],
    ['not about one that an API server took', [admitted(port(80))], { allocate: false }, []],
    [
      'one that an API server took, where the flag says another range',
      [admitted(port(80))],
      { ports: [30000, 32767], allocate: false },
      [
        `warning node-port-out-of-range ${here('web')} spec.ports[0].nodePort: ${here('web')} has node port 80, and the cluster's are 30000-32767`,
      ],
    ],
  ])('%s', (_, objects, flags, expected) => expect(problems(objects, flags)).toEqual(expected));
});

describe('notes say what and why', () => {
  const band = 'in the dynamic band of';
  it.each<[string, object, Flags, string]>([
    ['an address', service('web'), {}, `cluster IP 10.106.12.127 (synthetic: by its name, ${band} 10.96.0.0/12)`],
    [
      'several things',
      service('web', NODE_PORT),
      {},
      `cluster IP 10.106.12.127 (synthetic: by its name, ${band} 10.96.0.0/12); node port 30808 for port 80/TCP (synthetic: by its name, ${band} 30000-32767)`,
    ],
    [
      'things of one range',
      service('web', {
        type: 'LoadBalancer',
        externalTrafficPolicy: 'Local',
        clusterIP: '10.96.0.7',
        ports: [{ port: 80 }],
      }),
      {},
      `node port 30808 for port 80/TCP and health check node port 31665 (synthetic: by its name, ${band} 30000-32767)`,
    ],
    [
      'a shared port',
      service('web', { ...TCP_UDP(0, 30007), clusterIP: '10.96.0.7' }),
      {},
      'node port 30007 for port 53/TCP (synthetic: that of port 53/UDP)',
    ],
    [
      'a range without bands',
      service('web'),
      { cidr: '10.9.0.0/29' },
      'cluster IP 10.9.0.1 (synthetic: by its name, from 10.9.0.0/29)',
    ],
    [
      'a range of one band',
      service('web'),
      { cidr: '10.9.0.0/28' },
      'cluster IP 10.9.0.7 (synthetic: by its name, in the static band of 10.9.0.0/28, as it has no other)',
    ],
    [
      'the first',
      service('kubernetes'),
      {},
      'cluster IP 10.96.0.1 (synthetic: the first, as default/kubernetes always has, of 10.96.0.0/12)',
    ],
  ])('%s', (_, object, flags, expected) => {
    const [note, ...more] = run([object], flags).diagnostics;
    expect(note).toMatchObject({ code: 'allocated', severity: 'note' });
    expect(note?.message).toBe(`${note?.origin?.object} gets ${expected}`);
    expect(more).toEqual([]);
  });

  it('and nothing about Services that lack nothing', () => {
    expect(run([service('web', { clusterIP: '10.96.0.7' }), service('b', { clusterIP: 'None' })]).diagnostics).toEqual(
      [],
    );
  });
});
