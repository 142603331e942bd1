/**
 * lint, rule: NetworkPolicies select all endpoints of a Service, and none of them has an ingress rule.
 */
import type { Diagnostic } from '../../diag.js';
import type { Snapshot } from '../../read/types.js';
import { policiesText, restrictedServices } from '../admission.js';
import type { Rule } from '../rule.js';

function check(snapshot: Snapshot): readonly Diagnostic[] {
  return restrictedServices(snapshot).flatMap(({ service, policies, rules }): readonly Diagnostic[] => {
    if (rules.length > 0) return [];
    return [
      {
        code: 'policy-admits-nobody',
        severity: 'warning',
        message: `${policiesText(policies)} admits nobody to its endpoints: what clients send is dropped there`,
        origin: { ...service.origin, path: ['spec', 'selector'] },
        related: { message: 'the policy', origin: policies[0].origin },
        hint: 'add a policy whose ingress admits the clients of the Service',
      },
    ];
  });
}

export const policyAdmitsNobody: Rule = {
  code: 'policy-admits-nobody',
  severity: 'warning',
  summary: 'NetworkPolicies select all endpoints of a Service and admit nobody',
  why: 'The rules of the Service lead clients to endpoints whose network plugin drops what they send. A policy that denies all needs another one that admits the clients of the Service.',
  check,
  failing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  selector: { app: web }  # <- policy-admits-nobody
  ports: [{ port: 80, targetPort: 8080 }]
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
`,
  passing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  selector: { app: web }
  ports: [{ port: 80, targetPort: 8080 }]
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
  ingress: [{ from: [{ podSelector: { matchLabels: { app: front } } }], ports: [{ port: 8080 }] }]
`,
};
