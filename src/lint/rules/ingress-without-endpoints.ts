/**
 * lint, rule: the backend of an Ingress is a Service without a ready endpoint.
 */
import { checkIngresses } from '../ingress.js';
import type { Rule } from '../rule.js';

export const ingressWithoutEndpoints: Rule = {
  code: 'ingress-without-endpoints',
  severity: 'note',
  summary: 'An Ingress leads to a Service without a ready endpoint',
  why: 'Clients get an error, of most controllers 503.',
  everywhere: true,
  check: checkIngresses,
  failing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  clusterIP: 10.96.0.10
  ports: [{ name: http, port: 80, targetPort: http }]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: shop }
spec:
  rules:
    - host: shop.example.com
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: web  # <- ingress-without-endpoints
                port: { number: 80 }
`,
  passing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  clusterIP: 10.96.0.10
  ports: [{ name: http, port: 80, targetPort: http }]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: web-1, labels: { kubernetes.io/service-name: web } }
addressType: IPv4
endpoints:
  - { addresses: [10.244.0.8] }
ports: [{ name: http, port: 8080 }]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: shop }
spec:
  rules:
    - host: shop.example.com
      http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: web
                port: { number: 80 }
`,
};
