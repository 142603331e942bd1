/**
 * Trio: a client, a node and a pod in three network namespaces, for measurements; topology.ts is the larger one for tests.
 *
 *     client 192.168.7.100 ── 192.168.7.2  node  10.244.1.1 ── pod 10.244.1.5 to .8
 */
import { execFileSync } from 'node:child_process';

export const PODS = ['10.244.1.5', '10.244.1.6', '10.244.1.7', '10.244.1.8'] as const;

export interface Trio {
  readonly netns: (of: 'client' | 'node' | 'pod') => string;
  readonly remove: () => void;
}

/** Makes it; `name` begins the names of the namespaces. */
export function makeTrio(name: string): Trio {
  const netns = (of: string) => `${name}-${of}`;
  const [client, node, pod] = [netns('client'), netns('node'), netns('pod')];
  const script = `
    for n in ${client} ${node} ${pod}; do ip netns add $n; ip -n $n link set lo up; done
    ip -n ${client} link add eth0 type veth peer name c0 netns ${node}
    ip -n ${pod} link add eth0 type veth peer name p0 netns ${node}
    ip -n ${client} address add 192.168.7.100/24 dev eth0; ip -n ${client} link set eth0 up
    ip -n ${node} address add 192.168.7.2/24 dev c0; ip -n ${node} link set c0 up
    ip -n ${node} address add 10.244.1.1/24 dev p0; ip -n ${node} link set p0 up
    for a in ${PODS.join(' ')}; do ip -n ${pod} address add $a/24 dev eth0; done; ip -n ${pod} link set eth0 up
    ip -n ${client} route add default via 192.168.7.2; ip -n ${pod} route add default via 10.244.1.1
    ip netns exec ${node} sysctl -qw net.ipv4.ip_forward=1`;
  execFileSync('sh', ['-ec', script]);
  return {
    netns,
    remove: () => {
      for (const each of [client, node, pod]) execFileSync('ip', ['netns', 'delete', each]);
    },
  };
}

/** A snapshot of Services by name: cluster IP 10.96.0.N, port 80, and the endpoints' addresses, on port 8080. */
export function trioSnapshot(services: Readonly<Record<string, readonly string[]>>): string {
  const items = Object.entries(services).flatMap(([name, addresses], i) => [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: 'default' },
      spec: { clusterIP: `10.96.0.${i + 1}`, ports: [{ port: 80, targetPort: 8080 }] },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name, namespace: 'default', labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      ports: [{ name: '', port: 8080 }],
      endpoints: addresses.map((address) => ({ addresses: [address] })),
    },
  ]);
  const status = { addresses: [{ type: 'InternalIP', address: '192.168.7.2' }] };
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-a' }, status };
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [node, ...items] });
}

export const TRIO_CONFIG = `apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
healthzBindAddress: 127.0.0.1:0
metricsBindAddress: 127.0.0.1:0
hostnameOverride: node-a
iptables: {syncPeriod: 2s, minSyncPeriod: 0s}
`;
