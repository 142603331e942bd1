import { describe, expect, it } from '@jest/globals';
import { EMPTY_SNAPSHOT, type Service } from '../read/types.js';
import { servicesTable } from './get.js';

const ORIGIN = { source: { name: 'x', text: '' }, document: 0, base: [], path: [] };

type Spec = Service['spec'];

function service(
  name: string,
  spec: Partial<Spec>,
  ingress: Service['status']['loadBalancer']['ingress'] = [],
): Service {
  return {
    metadata: { name, namespace: 'default', labels: {}, annotations: {} },
    spec: {
      type: 'ClusterIP',
      clusterIPs: ['10.9.8.7'],
      ipFamilies: [],
      ports: [port(8888)],
      sessionAffinity: 'None',
      affinityTimeoutSeconds: 10800,
      externalTrafficPolicy: 'Cluster',
      internalTrafficPolicy: 'Cluster',
      externalIPs: [],
      loadBalancerSourceRanges: [],
      healthCheckNodePort: 0,
      allocateLoadBalancerNodePorts: true,
      externalName: '',
      publishNotReadyAddresses: false,
      ...spec,
    },
    status: { loadBalancer: { ingress } },
    origin: ORIGIN,
  };
}

function port(number: number, nodePort = 0): Spec['ports'][number] {
  return { name: '', protocol: 'TCP', port: number, nodePort, targetPort: number };
}

/** The cells of the row before READY. */
function row(of: Service, wide: boolean): string {
  const style = { wide, namespaces: false, labels: false };
  const { rows } = servicesTable(EMPTY_SNAPSHOT, [of], style, 0);
  return rows.map((cells) => cells.slice(0, wide ? 7 : 6).join(' | ')).join('\n');
}

const LB: Partial<Spec> = { type: 'LoadBalancer' };
const VIP = { ipMode: 'VIP' as const };
const TWO = [
  { ip: '2.3.4.5', hostname: 'test.cluster.local', ...VIP },
  { ip: '3.4.5.6', hostname: 'test.cluster.com', ...VIP },
];
const LONG = [{ hostname: 'a1234567890.elb.example.com', ...VIP }];

/** Rows of k/k pkg/printers/internalversion/printers_test.go (TestPrintService), and texts that it cuts. */
describe('the columns of kubectl', () => {
  it.each([
    [
      'cluster IP',
      service('test1', { ports: [port(2233)] }),
      false,
      'test1 | ClusterIP | 10.9.8.7 | <none> | 2233/TCP | <unknown>',
    ],
    [
      'wide',
      service('test1', { ports: [port(2233)], selector: { foo: 'bar', a: 'b' } }),
      true,
      'test1 | ClusterIP | 10.9.8.7 | <none> | 2233/TCP | <unknown> | a=b,foo=bar',
    ],
    [
      'node port',
      service('test2', { type: 'NodePort', ports: [port(8888, 9999)] }),
      false,
      'test2 | NodePort | 10.9.8.7 | <none> | 8888:9999/TCP | <unknown>',
    ],
    [
      'node port and external IPs',
      service('test2', { type: 'NodePort', externalIPs: ['80.11.12.10'] }),
      false,
      'test2 | NodePort | 10.9.8.7 | 80.11.12.10 | 8888/TCP | <unknown>',
    ],
    [
      'load balancer that is not there yet',
      service('test3', LB),
      false,
      'test3 | LoadBalancer | 10.9.8.7 | <pending> | 8888/TCP | <unknown>',
    ],
    [
      'external IP only',
      service('test4', { ...LB, externalIPs: ['80.11.12.10'] }),
      false,
      'test4 | LoadBalancer | 10.9.8.7 | 80.11.12.10 | 8888/TCP | <unknown>',
    ],
    [
      'load balancer and external IP',
      service('test5', { ...LB, externalIPs: ['80.11.12.10'] }, TWO.slice(1)),
      false,
      'test5 | LoadBalancer | 10.9.8.7 | 3.4.5.6,80.11.12.10 | 8888/TCP | <unknown>',
    ],
    [
      'two of each',
      service('test6', { ...LB, externalIPs: ['80.11.12.10', '80.11.12.11'] }, TWO),
      false,
      'test6 | LoadBalancer | 10.9.8.7 | 2.3.4.5,3.4.5.6,80.11.12.10,80.11.12.11 | 8888/TCP | <unknown>',
    ],
    [
      'external name',
      service('test7', { type: 'ExternalName', clusterIPs: [], ports: [], externalName: 'my.database.example.com' }),
      false,
      'test7 | ExternalName | <none> | my.database.example.com | <none> | <unknown>',
    ],
    [
      'a long name, cut',
      service('test8', LB, LONG),
      false,
      'test8 | LoadBalancer | 10.9.8.7 | a1234567890.e... | 8888/TCP | <unknown>',
    ],
    [
      'a long name, wide',
      service('test8', LB, LONG),
      true,
      'test8 | LoadBalancer | 10.9.8.7 | a1234567890.elb.example.com | 8888/TCP | <unknown> | <none>',
    ],
    [
      'headless',
      service('test9', { clusterIPs: ['None'], ports: [] }),
      false,
      'test9 | ClusterIP | None | <none> | <none> | <unknown>',
    ],
    [
      'two families',
      service('test10', { clusterIPs: ['10.9.8.7', 'fd00::7'] }),
      false,
      'test10 | ClusterIP | 10.9.8.7 | <none> | 8888/TCP | <unknown>',
    ],
  ])('%s', (_, of, wide, expected) => expect(row(of, wide)).toBe(expected));
});
