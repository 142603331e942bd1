/**
 * Page inputs: snapshots that a page has something to show of.
 */

/** A Service with so many endpoints that a drawing of their ways scrolls. */
export function wideCluster(): string {
  const metadata = { name: 'wide', namespace: 'default' };
  const spec = { clusterIP: '10.96.0.1', clusterIPs: ['10.96.0.1'], ipFamilies: ['IPv4'], ports: [{ port: 80 }] };
  const labels = { 'kubernetes.io/service-name': 'wide' };
  const endpoints = Array.from({ length: 200 }, (_, i) => ({ addresses: [`10.244.1.${i + 1}`], nodeName: 'node-a' }));
  const items = [
    { apiVersion: 'v1', kind: 'Service', metadata, spec },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...metadata, labels },
      addressType: 'IPv4',
      ports: [{ port: 80 }],
      endpoints,
    },
  ];
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}

/** An endpoint for Service `empty` of fixtures/packets/services, which has none any more. */
export const EARLIER = `---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: empty-1, namespace: default, labels: {kubernetes.io/service-name: empty}}
addressType: IPv4
ports: [{name: tcp, protocol: TCP, port: 8080}]
endpoints: [{addresses: [10.244.1.5], nodeName: node-a}]
`;

/** So many Services that most rows of the list are out of sight. */
export function longCluster(): string {
  const service = (i: number) => {
    const clusterIP = `10.96.1.${i}`;
    const metadata = { name: `s${100 + i}`, namespace: 'default' };
    const spec = { clusterIP, clusterIPs: [clusterIP], ipFamilies: ['IPv4'], ports: [{ port: 80 }] };
    return { apiVersion: 'v1', kind: 'Service', metadata, spec };
  };
  const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-a' } };
  const items = [node, ...Array.from({ length: 100 }, (_, i) => service(i))];
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}

/** Objects that errors are about; their values are in the messages, and words longer than a phone is wide. */
export const HOSTILE = `apiVersion: v1
kind: Service
metadata: {name: "<img src=x onerror=hacked()>"}
spec: {ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, labels: {"<b>": "</script><script>hacked()</script>"}}
spec: {type: "<svg onload=hacked()>", clusterIP: 10.96.0.1, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: sound, labels: {an.example.of.a.domain/a-label-of-one-long-word: "<i>"}}
spec: {clusterIP: 10.96.0.2, ports: [{port: 80}]}
---
apiVersion: "<b>/v1"
kind: "<iframe srcdoc=x>"
metadata: {name: "</script><script>hacked()</script>"}
`;
