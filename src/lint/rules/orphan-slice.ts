/**
 * lint, rule: an EndpointSlice whose Service is not in the input.
 */
import { checkOrphans } from '../orphans.js';
import type { Rule } from '../rule.js';

export const orphanSlice: Rule = {
  code: 'orphan-slice',
  severity: 'warning',
  summary: 'An EndpointSlice is for a Service that is not there',
  why: 'No rule leads to it. It is a note where the input has no Service of its namespace at all. Add the Service, or delete the slice.',
  check: checkOrphans,
  failing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec: { clusterIP: 10.96.0.10, ports: [{ port: 80 }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata:
  name: database-1
  labels:
    kubernetes.io/service-name: database  # <- orphan-slice
addressType: IPv4
endpoints: [{ addresses: [10.244.1.10] }]
ports: [{ port: 5432 }]
`,
  passing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec: { clusterIP: 10.96.0.10, ports: [{ port: 80 }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: web-1, labels: { kubernetes.io/service-name: web } }
addressType: IPv4
endpoints: [{ addresses: [10.244.1.10] }]
ports: [{ port: 8080 }]
`,
};
