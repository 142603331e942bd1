/**
 * lint, rule: Services with externalIPs, which can take the traffic of any address from its owner (CVE-2020-8554); the
 * field is deprecated since Kubernetes 1.36 (KEP-5707).
 */
import type { Diagnostic } from '../../diag.js';
import { sorted } from '../../order.js';
import type { Snapshot } from '../../read/types.js';
import type { Rule } from '../rule.js';
import { isVirtual, someOf } from '../vips.js';

function check({ services }: Snapshot): readonly Diagnostic[] {
  return sorted(services.filter((service) => service.spec.externalIPs.length > 0 && isVirtual(service))).map(
    ({ spec, origin }) => ({
      code: 'external-ips',
      severity: 'warning',
      message: `what Pods and nodes send to ${someOf(spec.externalIPs)} goes to this Service, whoever has the address`,
      origin: { ...origin, path: ['spec', 'externalIPs'] },
      hint: 'externalIPs are deprecated (KEP-5707): use a Service of type LoadBalancer, or the Gateway API',
    }),
  );
}

export const externalIps: Rule = {
  code: 'external-ips',
  severity: 'warning',
  summary: 'A Service has externalIPs',
  why: 'Whoever may write a Service can so take the traffic of the cluster to any address (CVE-2020-8554). The field is deprecated since Kubernetes 1.36 (KEP-5707). Use type LoadBalancer, or the Gateway API.',
  check,
  failing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  clusterIP: 10.96.0.10
  externalIPs:
    - 203.0.113.10  # <- external-ips
  ports: [{ port: 80 }]
`,
  passing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  clusterIP: 10.96.0.10
  type: LoadBalancer
  ports: [{ port: 80, nodePort: 30080 }]
`,
};
