/**
 * lint, rule: hand-written Endpoints of a Service that has a selector.
 */
import { checkEndpointsNames } from '../endpoints-name.js';
import type { Rule } from '../rule.js';

export const endpointsOverwritten: Rule = {
  code: 'endpoints-overwritten',
  severity: 'note',
  summary: 'Endpoints written by hand, of a Service that has a selector',
  why: 'A controller writes Endpoints of that name from the selector, and what is written by hand is lost. Take the selector away, or the Endpoints.',
  everywhere: true,
  check: checkEndpointsNames,
  failing: `apiVersion: v1  # <- endpoints-overwritten
kind: Endpoints
metadata: { name: web }
subsets: [{ addresses: [{ ip: 192.0.2.7 }], ports: [{ port: 80 }] }]
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  clusterIP: 10.96.0.10
  selector: { app: web }
  ports: [{ port: 80 }]
`,
  passing: `apiVersion: v1
kind: Endpoints
metadata: { name: web }
subsets: [{ addresses: [{ ip: 192.0.2.7 }], ports: [{ port: 80 }] }]
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  clusterIP: 10.96.0.10
  ports: [{ port: 80 }]
`,
};
