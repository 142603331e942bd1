/**
 * lint, rule: external and load-balancer IPs of a family in which the Service has no cluster IP. kube-proxy makes rules
 * only in the families of the cluster IPs (k/k pkg/proxy, GetClusterIPByFamily).
 */
import type { Diagnostic } from '../../diag.js';
import { sorted } from '../../order.js';
import { ipFamilyOf, type Snapshot } from '../../read/types.js';
import type { Rule } from '../rule.js';
import { servedFamilies, vipsOf } from '../vips.js';

function check({ services }: Snapshot): readonly Diagnostic[] {
  return sorted(services).flatMap((service) => {
    const families = servedFamilies(service);
    if (families.length === 0) return [];
    return vipsOf(service).flatMap(({ kind, ip, origin }): readonly Diagnostic[] => {
      if (kind === 'ClusterIP' || families.includes(ipFamilyOf(ip))) return [];
      return [
        {
          code: 'vip-family',
          severity: 'warning',
          message: `${kind} ${ip} is ${ipFamilyOf(ip)}, and the Service is ${families.join(' and ')}: it has no rules`,
          origin,
          hint: 'ipFamilyPolicy: PreferDualStack gives the Service both families, where the cluster has both',
        },
      ];
    });
  });
}

export const vipFamily: Rule = {
  code: 'vip-family',
  severity: 'warning',
  summary: 'An external or load-balancer IP is of a family that the Service does not have',
  why: 'A Service has rules in the families of its cluster IPs only, so nothing serves the address. Make it dual-stack with ipFamilyPolicy, or take an address of its own family.',
  check,
  failing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  clusterIP: 10.96.0.10
  type: LoadBalancer
  ports: [{ port: 80, nodePort: 30080 }]
status:
  loadBalancer:
    ingress:
      - ip: 2001:db8::10  # <- vip-family
`,
  passing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  clusterIP: 10.96.0.10
  clusterIPs: [10.96.0.10, "fd00:96::10"]
  type: LoadBalancer
  ports: [{ port: 80, nodePort: 30080 }]
status: { loadBalancer: { ingress: [{ ip: "2001:db8::10" }] } }
`,
};
