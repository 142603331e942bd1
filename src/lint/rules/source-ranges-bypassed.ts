/**
 * lint, rule: loadBalancerSourceRanges of a Service with node ports or externalIPs, which they do not restrict: only
 * load-balancer IPs have rules for them (k/k pkg/proxy/iptables, KUBE-FW chains).
 */
import type { Diagnostic } from '../../diag.js';
import { sorted } from '../../order.js';
import type { Snapshot } from '../../read/types.js';
import type { Rule } from '../rule.js';

function check({ services }: Snapshot): readonly Diagnostic[] {
  return sorted(services).flatMap(({ spec, origin }): readonly Diagnostic[] => {
    if (spec.type !== 'LoadBalancer' || spec.loadBalancerSourceRanges.length === 0) return [];
    const nodePorts = spec.allocateLoadBalancerNodePorts || spec.ports.some(({ nodePort }) => nodePort !== 0);
    const ways = [
      ...(nodePorts ? ['its node ports'] : []),
      ...(spec.externalIPs.length > 0 ? ['its externalIPs'] : []),
    ];
    if (ways.length === 0) return [];
    return [
      {
        code: 'source-ranges-bypassed',
        severity: 'note',
        message: `source ranges are for load-balancer IPs: ${ways.join(' and ')} admit everyone`,
        origin: { ...origin, path: ['spec', 'loadBalancerSourceRanges'] },
        ...(nodePorts && {
          hint: 'allocateLoadBalancerNodePorts: false takes node ports away, where the load balancer needs none',
        }),
      },
    ];
  });
}

export const sourceRangesBypassed: Rule = {
  code: 'source-ranges-bypassed',
  severity: 'note',
  summary: 'A Service with loadBalancerSourceRanges has node ports or externalIPs',
  why: 'The ranges restrict load-balancer IPs alone: on its node ports and externalIPs everyone is admitted who reaches a node. Where the load balancer needs no node ports, allocateLoadBalancerNodePorts: false takes them away.',
  check,
  failing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  type: LoadBalancer
  clusterIP: 10.96.0.10
  loadBalancerSourceRanges:
    - 192.0.2.0/24  # <- source-ranges-bypassed
  ports: [{ port: 80, nodePort: 30080 }]
`,
  passing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  type: LoadBalancer
  clusterIP: 10.96.0.10
  allocateLoadBalancerNodePorts: false
  loadBalancerSourceRanges: [192.0.2.0/24]
  ports: [{ port: 80 }]
`,
};
