/**
 * Small cluster: snapshots of the topology's cluster that tests generate, to be applied one after the other.
 */
import type { Source } from '../../diag.js';
import { parseCidr } from '../../ip.js';
import { DEFAULT_OPTIONS, type Options } from '../../options.js';

/** The pods that serve, by name: two on node-a, one on node-b. */
export const PODS = {
  pod1: { IPv4: '10.244.1.5', IPv6: 'fd00:10:244:1::5', nodeName: 'node-a' },
  pod2: { IPv4: '10.244.1.6', IPv6: 'fd00:10:244:1::6', nodeName: 'node-a' },
  remote: { IPv4: '10.244.2.6', IPv6: 'fd00:10:244:2::6', nodeName: 'node-b' },
} as const;

export type Pod = keyof typeof PODS;

/** A Service of both families that listens on port 80, TCP and UDP, with a node port for each. */
export interface SmallService {
  readonly name: string;
  /** 1 to 99: determines its addresses and ports. */
  readonly number: number;
  readonly ready?: readonly Pod[];
  /** Pods that are terminating but still serve. */
  readonly terminating?: readonly Pod[];
  /** More fields of `spec`. */
  readonly spec?: object;
  readonly status?: object;
}

export const SMALL_OPTIONS: Options = {
  ...DEFAULT_OPTIONS,
  nodeName: 'node-a',
  clusterCIDRs: ['10.244.0.0/16', 'fd00:10:244::/56'].flatMap((cidr) => parseCidr(cidr) ?? []),
};

/** The addresses and ports of a Service. */
export function addressesOf({ number }: Pick<SmallService, 'number'>) {
  return {
    clusterIP: `10.96.1.${number}`,
    clusterIPv6: `fd00:10:96::1${String(number).padStart(2, '0')}`,
    loadBalancerIP: `203.0.113.${number}`,
    nodePorts: { tcp: 31000 + 2 * number, udp: 31001 + 2 * number },
  };
}

/** A snapshot with these Services. */
export function smallCluster(services: readonly SmallService[]): readonly Source[] {
  const items = [node('node-a', 1), node('node-b', 2), ...services.flatMap(objectsOf)];
  return [{ name: 'cluster.json', text: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) }];
}

function node(name: string, number: number): object {
  const addresses = [`192.168.7.${number + 1}`, `fd00:7::${number + 1}`];
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name },
    spec: { podCIDRs: [`10.244.${number}.0/24`, `fd00:10:244:${number}::/64`] },
    status: { addresses: addresses.map((address) => ({ type: 'InternalIP', address })) },
  };
}

function objectsOf(service: SmallService): readonly object[] {
  const { name, ready = [], terminating = [], spec = {}, status } = service;
  const { clusterIP, clusterIPv6, loadBalancerIP, nodePorts } = addressesOf(service);
  const metadata = { name, namespace: 'default' };
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: {
        type: 'LoadBalancer',
        clusterIP,
        clusterIPs: [clusterIP, clusterIPv6],
        ipFamilies: ['IPv4', 'IPv6'],
        ports: [
          { name: 'tcp', protocol: 'TCP', port: 80, nodePort: nodePorts.tcp },
          { name: 'udp', protocol: 'UDP', port: 80, nodePort: nodePorts.udp },
        ],
        ...spec,
      },
      status: status ?? { loadBalancer: { ingress: [{ ip: loadBalancerIP }] } },
    },
    ...(['IPv4', 'IPv6'] as const).map((addressType) => ({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        ...metadata,
        name: `${name}-${addressType.toLowerCase()}`,
        labels: { 'kubernetes.io/service-name': name },
      },
      addressType,
      ports: [
        { name: 'tcp', protocol: 'TCP', port: 8080 },
        { name: 'udp', protocol: 'UDP', port: 8080 },
      ],
      endpoints: [
        ...ready.map((pod) => endpoint(pod, addressType, { ready: true })),
        ...terminating.map((pod) => endpoint(pod, addressType, { ready: false, serving: true, terminating: true })),
      ],
    })),
  ];
}

function endpoint(pod: Pod, addressType: 'IPv4' | 'IPv6', conditions: object): object {
  const { nodeName, [addressType]: address } = PODS[pod];
  return { addresses: [address], nodeName, conditions };
}
