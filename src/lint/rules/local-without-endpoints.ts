/**
 * lint, rule: Local policies where nodes have no endpoint. A node without one drops what comes to it (KEP-2086 of
 * internalTrafficPolicy); of load balancers health checks keep traffic from such nodes, of node ports nothing does.
 */
import type { Diagnostic } from '../../diag.js';
import { sorted } from '../../order.js';
import { keyOf, type Node, type Service, type Snapshot, slicesByService } from '../../read/types.js';
import type { Rule } from '../rule.js';
import { isExternal, isVirtual, someOf, usableEndpoints } from '../vips.js';

function check({ services, slices, nodes }: Snapshot): readonly Diagnostic[] {
  const known = nodes.filter(isOpen);
  // Where Nodes or Pods are made up, so is which node has which endpoint.
  if (known.length === 0 || nodes.some(({ synthetic }) => synthetic)) return [];
  const own = slicesByService(slices);
  return sorted(services.filter(isLocal)).flatMap((service) => {
    const its = own.get(keyOf(service)) ?? [];
    if (its.some(({ synthetic }) => synthetic === 'simulated Pods')) return [];
    const usable = usableEndpoints(its);
    if (usable.length === 0) return [];
    const on = new Set(usable.map(({ nodeName }) => nodeName));
    const without = sorted(known.filter(({ metadata }) => !on.has(metadata.name))).map(({ metadata }) => metadata.name);
    const anywhere = nodes.some(({ metadata }) => on.has(metadata.name));
    return without.length === 0 ? [] : findings(service, without, known.length, anywhere);
  });
}

function isLocal(service: Service): boolean {
  const { internalTrafficPolicy, externalTrafficPolicy } = service.spec;
  const external = externalTrafficPolicy === 'Local' && isExternal(service);
  return isVirtual(service) && (internalTrafficPolicy === 'Local' || external);
}

/** Whether ordinary Pods are put there. */
function isOpen({ unschedulable, taints }: Node): boolean {
  return !unschedulable && !taints.some(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute');
}

function findings(
  service: Service,
  without: readonly string[],
  nodes: number,
  anywhere: boolean,
): readonly Diagnostic[] {
  const { spec, origin } = service;
  const where = `${without.length} of ${nodes} Node${nodes === 1 ? '' : 's'} (${someOf(without)})`;
  const about = (field: 'internalTrafficPolicy' | 'externalTrafficPolicy', what: string): Diagnostic => {
    const message = anywhere
      ? `${field} Local drops ${what} on ${where}: no ready endpoint is there`
      : `${field} Local drops ${what} on every Node: no ready endpoint is on any`;
    const hint = anywhere
      ? `run its Pods on every Node, as a DaemonSet does, or use ${field} Cluster`
      : `endpoints need the nodeName of a Node to count as local; or use ${field} Cluster`;
    return {
      code: 'local-without-endpoints',
      severity: 'warning',
      message,
      origin: { ...origin, path: ['spec', field] },
      hint,
    };
  };
  const checked = anywhere && spec.type === 'LoadBalancer' && spec.externalIPs.length === 0;
  return [
    ...(spec.internalTrafficPolicy === 'Local' ? [about('internalTrafficPolicy', 'what Pods and nodes send')] : []),
    ...(spec.externalTrafficPolicy === 'Local' && isExternal(service) && !checked
      ? [about('externalTrafficPolicy', 'what comes from outside')]
      : []),
  ];
}

export const localWithoutEndpoints: Rule = {
  code: 'local-without-endpoints',
  severity: 'warning',
  summary: 'A Service has a Local policy, and no ready endpoint on some Nodes or on any',
  why: 'A node drops what comes to a Local policy when it has no endpoint itself; in ipvs mode it takes endpoints of other nodes, as if there was no policy. A load balancer whose health checks keep traffic from such nodes is told only when no Node has one. Run its Pods on every node, or use policy Cluster.',
  check,
  failing: `apiVersion: v1
kind: Node
metadata: { name: node-a }
---
apiVersion: v1
kind: Node
metadata: { name: node-b }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  clusterIP: 10.96.0.10
  internalTrafficPolicy: Local  # <- local-without-endpoints
  ports: [{ port: 80 }]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: web-1, labels: { kubernetes.io/service-name: web } }
addressType: IPv4
endpoints: [{ addresses: [10.244.1.10], nodeName: node-a }]
ports: [{ port: 8080 }]
`,
  passing: `apiVersion: v1
kind: Node
metadata: { name: node-a }
---
apiVersion: v1
kind: Node
metadata: { name: node-b }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  clusterIP: 10.96.0.10
  internalTrafficPolicy: Local
  ports: [{ port: 80 }]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: web-1, labels: { kubernetes.io/service-name: web } }
addressType: IPv4
endpoints:
  - { addresses: [10.244.1.10], nodeName: node-a }
  - { addresses: [10.244.2.10], nodeName: node-b }
ports: [{ port: 8080 }]
`,
};
