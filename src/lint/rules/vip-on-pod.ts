/**
 * lint, rule: virtual IPs that are addresses of Pods, or in the podCIDR of a Node.
 */
import type { Diagnostic } from '../../diag.js';
import { network, parseCidr, parseIp } from '../../ip.js';
import { sorted } from '../../order.js';
import type { Node, Pod, Snapshot } from '../../read/types.js';
import type { Rule } from '../rule.js';
import { vipsOf } from '../vips.js';

function check({ services, pods, nodes }: Snapshot): readonly Diagnostic[] {
  const podAt = new Map(pods.filter(hasNetwork).flatMap((pod) => pod.status.podIPs.map((ip) => [ip, pod] as const)));
  const nodeOf = podRanges(nodes);
  return sorted(services).flatMap((service) =>
    vipsOf(service).flatMap(({ kind, ip, origin }): readonly Diagnostic[] => {
      const pod = podAt.get(ip);
      const node = pod ? undefined : nodeOf(ip);
      const other = pod ?? node;
      if (!other) return [];
      const is = pod ? `the address of ${pod.origin.object}` : `in the podCIDR of Node ${node?.metadata.name}`;
      return [
        {
          code: 'vip-on-pod',
          severity: 'warning',
          message: `${kind} ${ip} is ${is}: a Pod with that address is not reached on the ports of the Service`,
          origin,
          related: { message: pod ? 'the Pod' : 'the Node', origin: other.origin },
          hint: 'ranges of Pods and of Services must not overlap',
        },
      ];
    }),
  );
}

/** Whether the Pod has its own address: hostNetwork Pods have the address of the node. */
function hasNetwork({ spec, status, simulated }: Pod): boolean {
  return !spec.hostNetwork && simulated === undefined && status.phase !== 'Succeeded' && status.phase !== 'Failed';
}

/** The Node whose podCIDRs contain an address, with one look-up for each prefix length. */
function podRanges(nodes: readonly Node[]): (ip: string) => Node | undefined {
  const byCidr = new Map<string, Node>();
  const prefixes = new Set<number>();
  for (const node of nodes.filter(({ synthetic }) => !synthetic)) {
    for (const cidr of node.podCIDRs.flatMap((text) => parseCidr(text) ?? [])) {
      byCidr.set(cidr.text, node);
      prefixes.add(cidr.prefix);
    }
  }
  return (text) => {
    const ip = prefixes.size > 0 ? parseIp(text) : undefined;
    if (!ip) return undefined;
    const fitting = [...prefixes].filter((prefix) => prefix <= ip.bytes.length * 8);
    const found = fitting.find((prefix) => byCidr.has(network(ip, prefix).text));
    return found === undefined ? undefined : byCidr.get(network(ip, found).text);
  };
}

export const vipOnPod: Rule = {
  code: 'vip-on-pod',
  severity: 'warning',
  summary: 'A virtual IP is the address of a Pod, or in the podCIDR of a Node',
  why: 'The Pod with that address is not reached on the ports of the Service. Ranges of Pods, of Services and of load balancers must not overlap.',
  check,
  failing: `apiVersion: v1
kind: Node
metadata: { name: node-a }
spec: { podCIDR: 10.244.1.0/24 }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  clusterIP: 10.244.1.10  # <- vip-on-pod
  ports: [{ port: 80 }]
`,
  passing: `apiVersion: v1
kind: Node
metadata: { name: node-a }
spec: { podCIDR: 10.244.1.0/24 }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  clusterIP: 10.96.0.10
  ports: [{ port: 80 }]
`,
};
