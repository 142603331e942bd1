/**
 * lint, rule: loadBalancerSourceRanges without a range of a family of the Service. The rules of a family restrict
 * clients only if it has a range (k/k pkg/proxy, newBaseServiceInfo groups the ranges by family).
 */
import type { Diagnostic } from '../../diag.js';
import { sorted } from '../../order.js';
import { ipFamilyOf, type Snapshot } from '../../read/types.js';
import type { Rule } from '../rule.js';
import { isVirtual, servedFamilies, vipsOf } from '../vips.js';

function check({ services }: Snapshot): readonly Diagnostic[] {
  const ranged = services.filter(
    ({ spec }) => spec.type === 'LoadBalancer' && spec.loadBalancerSourceRanges.length > 0,
  );
  return sorted(ranged.filter(isVirtual)).flatMap((service) => {
    const { spec, origin } = service;
    const said = new Set(spec.loadBalancerSourceRanges.map(ipFamilyOf));
    const balanced = vipsOf(service).filter(({ kind }) => kind === 'load-balancer IP');
    const used = new Set(balanced.map(({ ip }) => ipFamilyOf(ip)));
    return servedFamilies(service).flatMap((family): readonly Diagnostic[] => {
      // Without status, the load balancer may get addresses of all families.
      if (said.has(family) || (used.size > 0 && !used.has(family))) return [];
      const everything = family === 'IPv4' ? '0.0.0.0/0' : '::/0';
      return [
        {
          code: 'source-ranges-family',
          severity: 'warning',
          message: `over ${family} everyone is admitted: no source range is ${family}, and the Service is`,
          origin: { ...origin, path: ['spec', 'loadBalancerSourceRanges'] },
          hint: `add the ${family} ranges that are meant, or ${everything} if everyone is`,
        },
      ];
    });
  });
}

export const sourceRangesFamily: Rule = {
  code: 'source-ranges-family',
  severity: 'warning',
  summary: 'loadBalancerSourceRanges has none of a family that the Service is served in',
  why: 'A family without a range is not restricted: its load-balancer IPs are open to everyone. Add ranges of that family.',
  check,
  failing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  type: LoadBalancer
  clusterIP: 10.96.0.10
  clusterIPs: [10.96.0.10, "fd00:96::10"]
  loadBalancerSourceRanges:
    - 192.0.2.0/24  # <- source-ranges-family
  ports: [{ port: 80, nodePort: 30080 }]
status: { loadBalancer: { ingress: [{ ip: 203.0.113.10 }, { ip: "2001:db8::10" }] } }
`,
  passing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  type: LoadBalancer
  clusterIP: 10.96.0.10
  clusterIPs: [10.96.0.10, "fd00:96::10"]
  loadBalancerSourceRanges: [192.0.2.0/24, "2001:db8:1::/48"]
  ports: [{ port: 80, nodePort: 30080 }]
status: { loadBalancer: { ingress: [{ ip: 203.0.113.10 }, { ip: "2001:db8::10" }] } }
`,
};
