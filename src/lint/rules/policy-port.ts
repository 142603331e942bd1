/**
 * lint, rule: NetworkPolicies admit clients only to other ports than the target port of a Service.
 */
import type { Diagnostic } from '../../diag.js';
import type { Snapshot } from '../../read/types.js';
import { policiesText, type Restricted, restrictedServices, rulesFor } from '../admission.js';
import type { Rule } from '../rule.js';

function check(snapshot: Snapshot): readonly Diagnostic[] {
  return restrictedServices(snapshot).flatMap((restricted) => (restricted.rules.length > 0 ? closed(restricted) : []));
}

function closed(restricted: Restricted): readonly Diagnostic[] {
  const { spec, origin } = restricted.service;
  const { policies, rules } = restricted;
  return spec.ports.flatMap((port, i): readonly Diagnostic[] => {
    if (rulesFor(restricted, port).length > 0) return [];
    const { targetPort, protocol } = port;
    const byServicePort = rules.some(({ ports }) => ports.some((each) => each.port === port.port));
    return [
      {
        code: 'policy-port',
        severity: 'warning',
        message: `${policiesText(policies)} admits nobody to ${protocol} port ${targetPort} of its endpoints, where port ${port.port} leads`,
        origin: { ...origin, path: ['spec', 'ports', i] },
        related: { message: 'the policy', origin: policies[0].origin },
        hint: byServicePort
          ? `policies name the port of the Pod, ${targetPort}, and not that of the Service`
          : 'add the port to the ingress of a policy, or take it from the Service',
      },
    ];
  });
}

export const policyPort: Rule = {
  code: 'policy-port',
  severity: 'warning',
  summary: 'NetworkPolicies admit nobody to the port of the endpoints that a port of a Service leads to',
  why: 'Policies are applied after the address of the Service was translated, so they name the port of the Pod, the target port. Clients of that port of the Service wait until they give up.',
  check,
  failing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  selector: { app: web }
  ports:
    - { port: 80, targetPort: 8080 }  # <- policy-port
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, ports: [{ containerPort: 8080 }] }] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web }
spec:
  podSelector: { matchLabels: { app: web } }
  ingress: [{ ports: [{ port: 80 }] }]
`,
  passing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  selector: { app: web }
  ports:
    - { port: 80, targetPort: 8080 }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, ports: [{ containerPort: 8080 }] }] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web }
spec:
  podSelector: { matchLabels: { app: web } }
  ingress: [{ ports: [{ port: 8080 }] }]
`,
};
