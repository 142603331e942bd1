/**
 * lint, rule: two Services have the same virtual IP and port. Two equal cluster IPs are cluster-ip-conflict instead.
 */
import type { Diagnostic } from '../../diag.js';
import { joinHostPort } from '../../ip.js';
import { sorted } from '../../order.js';
import type { Service, Snapshot } from '../../read/types.js';
import type { Rule } from '../rule.js';
import { type Vip, vipsOf } from '../vips.js';

function check({ services }: Snapshot): readonly Diagnostic[] {
  const holders = new Map<string, Vip>();
  return sorted(services).flatMap((service) => claims(service, holders));
}

/** The conflicts of one Service with earlier Services, in sorted order. */
function claims(service: Service, holders: Map<string, Vip>): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const vip of vipsOf(service)) {
    for (const { port, protocol } of service.spec.ports) {
      const key = `${vip.ip} ${protocol} ${port}`;
      const holder = holders.get(key);
      if (!holder) holders.set(key, vip);
      if (!holder || holder.service === service) continue;
      if (holder.kind === 'ClusterIP' && vip.kind === 'ClusterIP') continue;
      found.push({
        code: 'vip-conflict',
        severity: 'warning',
        message: `${vip.kind} ${joinHostPort(vip.ip, port)}/${protocol} is ${article(holder)} of ${holder.service.origin.object} as well: packets get to one of them`,
        origin: vip.origin,
        related: { message: `${holder.service.origin.object} has it here`, origin: holder.origin },
        hint: 'give one of them another address or port',
      });
    }
  }
  return found;
}

function article({ kind }: Vip): string {
  return kind === 'external IP' ? `an ${kind}` : `a ${kind}`;
}

export const vipConflict: Rule = {
  code: 'vip-conflict',
  severity: 'warning',
  summary: 'Two Services have one address, protocol and port',
  why: 'Packets get to one of them only: in vipc to the first by name, in kube-proxy to either, from sync to sync. Give one of them another address or port.',
  check,
  failing: `apiVersion: v1
kind: Service
metadata: { name: a }
spec:
  clusterIP: 10.96.0.10
  type: LoadBalancer
  ports: [{ port: 80, nodePort: 30080 }]
status: { loadBalancer: { ingress: [{ ip: 203.0.113.10 }] } }
---
apiVersion: v1
kind: Service
metadata: { name: b }
spec:
  clusterIP: 10.96.0.11
  type: LoadBalancer
  ports: [{ port: 80, nodePort: 30081 }]
status:
  loadBalancer:
    ingress:
      - ip: 203.0.113.10  # <- vip-conflict
`,
  passing: `apiVersion: v1
kind: Service
metadata: { name: a }
spec:
  clusterIP: 10.96.0.10
  type: LoadBalancer
  ports: [{ port: 80, nodePort: 30080 }]
status: { loadBalancer: { ingress: [{ ip: 203.0.113.10 }] } }
---
apiVersion: v1
kind: Service
metadata: { name: b }
spec:
  clusterIP: 10.96.0.11
  type: LoadBalancer
  ports: [{ port: 443, nodePort: 30081 }]
status: { loadBalancer: { ingress: [{ ip: 203.0.113.10 }] } }
`,
};
