/**
 * Churn: a cluster in a test API server, with the changes of a real one: endpoints come, go and change state, Services
 * come and go.
 */
import type { ApiServer, StoredObject } from '../api-server.js';

const NODES = ['node-a', 'node-b', 'node-c'];
const ENDPOINTS = 5;
let serial = 0;

/** `services` Services with a few endpoints each, on three nodes, in as many namespaces. */
export function clusterObjects(services: number, namespaces = 1): readonly object[] {
  return [
    ...NODES.map((name, i) => ({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels: { 'topology.kubernetes.io/zone': 'z' } },
      spec: { podCIDRs: [`10.244.${i + 1}.0/24`] },
      status: { addresses: [{ type: 'InternalIP', address: `192.168.7.${i + 2}` }] },
    })),
    ...Array.from({ length: services }, (_, i) => service(i, namespaces)),
    ...Array.from({ length: services }, (_, i) => slice(i, namespaces)),
  ];
}

/** A random change; the number of Services stays about the same. */
export function randomChange(api: ApiServer, namespaces = 1): void {
  const slices = api.objects('EndpointSlice');
  const dice = Math.random();
  const number = Math.floor(Math.random() * (slices.length + 1));
  const found = slices[number % Math.max(1, slices.length)];
  if (dice < 0.05 || !found) {
    api.put(service(number, namespaces));
    api.put(slice(number, namespaces));
  } else if (dice < 0.1) {
    const { name, namespace = '' } = found.metadata;
    api.remove('Service', namespace, name);
    api.remove('EndpointSlice', namespace, name);
  } else api.put(withOtherEndpoints(found));
}

/** Of the Service and the slice with this number. */
function metadata(i: number, namespaces: number) {
  const number = i % namespaces;
  return { name: `app-${i}`, namespace: number === 0 ? 'default' : `team-${number}` };
}

function service(i: number, namespaces: number): object {
  const ip = `10.96.${i >> 8}.${i & 255}`;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(i, namespaces),
    spec: {
      type: i % 10 === 0 ? 'NodePort' : 'ClusterIP',
      clusterIP: ip,
      clusterIPs: [ip],
      ipFamilies: ['IPv4'],
      ports: [
        {
          name: 'http',
          port: 80,
          protocol: i % 7 === 0 ? 'UDP' : 'TCP',
          ...(i % 10 === 0 ? { nodePort: 30000 + i } : {}),
        },
      ],
    },
  };
}

function slice(i: number, namespaces: number): object {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { ...metadata(i, namespaces), labels: { 'kubernetes.io/service-name': `app-${i}` } },
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 8080, protocol: i % 7 === 0 ? 'UDP' : 'TCP' }],
    endpoints: Array.from({ length: ENDPOINTS }, endpoint),
  };
}

function endpoint(): object {
  const n = serial++ % 60_000;
  return {
    addresses: [`10.244.${1 + (n >> 8)}.${n & 255}`],
    nodeName: NODES[n % NODES.length],
    conditions: { ready: n % 9 !== 0, serving: true, terminating: n % 9 === 0 && n % 2 === 0 },
  };
}

/** The slice with one endpoint less, one more, or none. */
function withOtherEndpoints(found: StoredObject): object {
  const endpoints = (found as unknown as { endpoints?: readonly object[] }).endpoints ?? [];
  const dice = Math.random();
  if (dice < 0.05) return { ...found, endpoints: [] };
  const kept = endpoints.slice(endpoints.length < ENDPOINTS ? 0 : 1);
  return { ...found, endpoints: dice < 0.3 ? kept : [...kept, endpoint()] };
}
