/**
 * lint, rule: a Service for clients outside of the cluster, and NetworkPolicies admit only Pods to its endpoints. No
 * Pod selector matches outside traffic: its source is the client, or the node when masqueraded.
 */
import type { Diagnostic } from '../../diag.js';
import type { PolicyRule, Snapshot } from '../../read/types.js';
import { policiesText, type Restricted, restrictedServices, rulesFor } from '../admission.js';
import type { Rule } from '../rule.js';
import { isExternal } from '../vips.js';

function check(snapshot: Snapshot): readonly Diagnostic[] {
  return restrictedServices(snapshot).flatMap((restricted) => (isExternal(restricted.service) ? shut(restricted) : []));
}

function shut(restricted: Restricted): readonly Diagnostic[] {
  const { service, policies } = restricted;
  const { spec, origin } = service;
  return spec.ports.flatMap((port, i): readonly Diagnostic[] => {
    const rules = rulesFor(restricted, port);
    // policy-port or policy-admits-nobody reports a port without rules.
    if (rules.length === 0 || rules.some(admitsAddresses)) return [];
    const kind = spec.type === 'ClusterIP' ? 'a Service with externalIPs' : `a Service of type ${spec.type}`;
    return [
      {
        code: 'policy-outside',
        severity: 'warning',
        message: `${policiesText(policies)} admits only Pods to its endpoints: clients outside do not get to port ${port.port} of ${kind}`,
        origin: { ...origin, path: ['spec', 'ports', i] },
        related: { message: 'the policy', origin: policies[0].origin },
        hint: 'admit an ipBlock of the clients, or with externalTrafficPolicy Cluster of the nodes; or use type ClusterIP',
      },
    ];
  });
}

function admitsAddresses({ peers }: PolicyRule): boolean {
  return peers.length === 0 || peers.some(({ ipBlock }) => ipBlock !== undefined);
}

export const policyOutside: Rule = {
  code: 'policy-outside',
  severity: 'warning',
  summary: 'A Service for clients outside of the cluster, and NetworkPolicies admit Pods only to its endpoints',
  why: 'What comes over a node port or a load balancer has the address of the client, or that of a node, and no selector of Pods admits it. Admit an ipBlock, or use type ClusterIP.',
  check,
  failing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  type: LoadBalancer
  selector: { app: web }
  ports:
    - { port: 80, targetPort: 8080 }  # <- policy-outside
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
  ingress: [{ from: [{ podSelector: { matchLabels: { app: front } } }] }]
`,
  passing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  type: LoadBalancer
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
  ingress: [{ from: [{ ipBlock: { cidr: 0.0.0.0/0 } }] }]
`,
};
