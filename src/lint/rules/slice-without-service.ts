/**
 * lint, rule: an EndpointSlice without the label kubernetes.io/service-name.
 */
import type { Rule } from '../rule.js';

export const sliceWithoutService: Rule = {
  code: 'slice-without-service',
  severity: 'warning',
  summary: 'An EndpointSlice without the label kubernetes.io/service-name',
  why: 'It belongs to no Service, and is left out. Add the label.',
  failing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  clusterIP: 10.96.0.10
  ports: [{ name: http, port: 80 }]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: web-1 }  # <- slice-without-service
addressType: IPv4
endpoints:
  - { addresses: [10.244.0.8] }
ports: [{ name: http, port: 8080 }]
`,
  passing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  clusterIP: 10.96.0.10
  ports: [{ name: http, port: 80 }]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: web-1, labels: { kubernetes.io/service-name: web } }
addressType: IPv4
endpoints:
  - { addresses: [10.244.0.8] }
ports: [{ name: http, port: 8080 }]
`,
};
