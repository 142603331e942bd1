/**
 * lint, rule: Endpoints whose Service is not in the input.
 */
import { checkOrphans } from '../orphans.js';
import type { Rule } from '../rule.js';

export const orphanEndpoints: Rule = {
  code: 'orphan-endpoints',
  severity: 'warning',
  summary: 'Endpoints are for a Service that is not there',
  why: 'No slice is made of Endpoints without a Service of their name, so no rule leads to them. It is a note where the input has no Service of their namespace at all. Add the Service, or delete them.',
  check: checkOrphans,
  failing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec: { clusterIP: 10.96.0.10, selector: { app: web }, ports: [{ port: 80 }] }
---
apiVersion: v1
kind: Endpoints
metadata:
  name: database  # <- orphan-endpoints
subsets: [{ addresses: [{ ip: 192.0.2.7 }], ports: [{ port: 5432 }] }]
`,
  passing: `apiVersion: v1
kind: Service
metadata: { name: database }
spec: { clusterIP: 10.96.0.10, ports: [{ port: 5432 }] }
---
apiVersion: v1
kind: Endpoints
metadata: { name: database }
subsets: [{ addresses: [{ ip: 192.0.2.7 }], ports: [{ port: 5432 }] }]
`,
};
