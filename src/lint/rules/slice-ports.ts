/**
 * lint, rule: an EndpointSlice or Endpoints whose ports match no port of the Service.
 */

import type { Rule } from '../rule.js';
import { checkSlicePorts } from '../slice-ports.js';

export const slicePorts: Rule = {
  code: 'slice-ports',
  severity: 'warning',
  summary: 'An EndpointSlice, or Endpoints, with endpoints none of whose ports is one of the Service',
  why: 'Ports are matched by name and protocol, whatever their numbers. The Service has no endpoints, and its clients are refused.',
  everywhere: true,
  check: checkSlicePorts,
  failing: `apiVersion: v1
kind: Service
metadata: { name: database }
spec:
  clusterIP: 10.96.0.10
  ports: [{ name: sql, port: 5432 }]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: database-1, labels: { kubernetes.io/service-name: database } }
addressType: IPv4
endpoints: [{ addresses: [192.0.2.7] }]
ports:
  - name: psql  # <- slice-ports
    port: 5432
`,
  passing: `apiVersion: v1
kind: Service
metadata: { name: database }
spec:
  clusterIP: 10.96.0.10
  ports: [{ name: sql, port: 5432 }]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: database-1, labels: { kubernetes.io/service-name: database } }
addressType: IPv4
endpoints: [{ addresses: [192.0.2.7] }]
ports:
  - name: sql
    port: 5432
`,
};
