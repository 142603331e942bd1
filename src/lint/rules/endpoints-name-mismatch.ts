/**
 * lint, rule: Endpoints or an EndpointSlice without a Service, and a Service without endpoints has a similar name.
 */
import { checkEndpointsNames } from '../endpoints-name.js';
import type { Rule } from '../rule.js';

export const endpointsNameMismatch: Rule = {
  code: 'endpoints-name-mismatch',
  severity: 'warning',
  summary: 'Endpoints or an EndpointSlice of no Service, and a Service without endpoints has nearly that name',
  why: 'Only the exact name binds Endpoints to a Service, only the exact label kubernetes.io/service-name a slice. The Service has no endpoints, and its clients are refused.',
  everywhere: true,
  check: checkEndpointsNames,
  failing: `apiVersion: v1
kind: Service
metadata: { name: database }
spec:
  clusterIP: 10.96.0.10
  ports: [{ name: sql, port: 5432 }]
---
apiVersion: v1
kind: Endpoints
metadata:
  name: databse  # <- endpoints-name-mismatch
subsets: [{ addresses: [{ ip: 192.0.2.7 }], ports: [{ name: sql, port: 5432 }] }]
`,
  passing: `apiVersion: v1
kind: Service
metadata: { name: database }
spec:
  clusterIP: 10.96.0.10
  ports: [{ name: sql, port: 5432 }]
---
apiVersion: v1
kind: Endpoints
metadata:
  name: database
subsets: [{ addresses: [{ ip: 192.0.2.7 }], ports: [{ name: sql, port: 5432 }] }]
`,
};
