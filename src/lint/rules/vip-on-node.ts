/**
 * lint, rule: virtual IPs that are addresses of Nodes. Bare-metal load balancers use node addresses on purpose, so for
 * external and load-balancer IPs only ports of the node's own daemons are reported.
 */
import type { Diagnostic, Origin } from '../../diag.js';
import { sorted } from '../../order.js';
import type { Snapshot } from '../../read/types.js';
import { NODE_LISTENERS } from '../known-ports.js';
import type { Context, Rule } from '../rule.js';
import { type Vip, vipsOf } from '../vips.js';

function check({ services, nodes }: Snapshot, { node: one }: Context): readonly Diagnostic[] {
  const asked = one ? nodes.filter(({ metadata }) => metadata.name === one.name) : nodes;
  const known = asked.flatMap(({ metadata, addresses, origin }) =>
    addresses.map(({ address }) => [address, { name: metadata.name, origin }] as const),
  );
  const more = one ? one.addresses.map((address) => [address, { name: one.name }] as const) : [];
  const byAddress = new Map<string, Owner>([...more, ...known]);
  if (byAddress.size === 0) return [];
  return sorted(services).flatMap((service) =>
    vipsOf(service).flatMap((vip) => {
      const node = byAddress.get(vip.ip);
      return node ? conflict(vip, node) : [];
    }),
  );
}

/** The Node with an address; without an origin it is not in the input. */
interface Owner {
  readonly name: string;
  readonly origin?: Origin;
}

function conflict(vip: Vip, node: Owner): readonly Diagnostic[] {
  const is = `${vip.kind} ${vip.ip} is an address of Node ${node.name}`;
  const about = {
    code: 'vip-on-node',
    severity: 'warning',
    origin: vip.origin,
    ...(node.origin && { related: { message: 'the Node', origin: node.origin } }),
  } as const;
  if (vip.kind === 'ClusterIP') {
    const message = `${is}: what its clients send to that node on the ports of the Service never gets there`;
    return [{ ...about, message, hint: "give the Service another address, and the cluster's Services another range" }];
  }
  const { ports } = vip.service.spec;
  const taken = ports.find(({ port, protocol }) => protocol === 'TCP' && NODE_LISTENERS[port] !== undefined);
  if (!taken) return [];
  const message = `${is}: what comes there for ${NODE_LISTENERS[taken.port]} on port ${taken.port} goes to the Service`;
  return [{ ...about, message, hint: 'give the Service another port or address' }];
}

export const vipOnNode: Rule = {
  code: 'vip-on-node',
  severity: 'warning',
  summary: 'A virtual IP is an address of a Node, and takes what the node needs for itself',
  why: 'A cluster IP must be nobody else’s. An external or load-balancer IP may be that of a node, but then the ports of the Service are taken from the daemons of the node: sshd, the kubelet, the API server. Give the Service another address or port.',
  check,
  failing: `apiVersion: v1
kind: Node
metadata: { name: node-a }
status: { addresses: [{ type: InternalIP, address: 192.0.2.1 }] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  clusterIP: 192.0.2.1  # <- vip-on-node
  ports: [{ port: 80 }]
`,
  passing: `apiVersion: v1
kind: Node
metadata: { name: node-a }
status: { addresses: [{ type: InternalIP, address: 192.0.2.1 }] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  clusterIP: 10.96.0.10
  ports: [{ port: 80, nodePort: 30080 }]
  type: LoadBalancer
status: { loadBalancer: { ingress: [{ ip: 192.0.2.1 }] } }
`,
};
