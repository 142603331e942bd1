/**
 * lint, rule: two EndpointSlices of a Service list the same endpoint with different states.
 */
import { checkRepeated } from '../repeated.js';
import type { Rule } from '../rule.js';

export const endpointInTwoSlices: Rule = {
  code: 'endpoint-in-two-slices',
  severity: 'warning',
  summary: 'Two EndpointSlices of a Service list one endpoint in different states',
  why: 'kube-proxy takes the first slice by name, and for an endpoint on its own node the last, so nodes disagree whether it is ready. List each endpoint once.',
  everywhere: true,
  check: checkRepeated,
  failing: `apiVersion: v1  # <- endpoint-in-two-slices
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
  - { addresses: [10.244.0.8], conditions: { ready: true } }
ports: [{ name: http, port: 8080 }]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: web-2, labels: { kubernetes.io/service-name: web } }
addressType: IPv4
endpoints:
  - { addresses: [10.244.0.8], conditions: { ready: false } }
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
  - { addresses: [10.244.0.8], conditions: { ready: true } }
ports: [{ name: http, port: 8080 }]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: web-2, labels: { kubernetes.io/service-name: web } }
addressType: IPv4
endpoints:
  - { addresses: [10.244.0.8], conditions: { ready: true } }
ports: [{ name: http, port: 8080 }]
`,
};
