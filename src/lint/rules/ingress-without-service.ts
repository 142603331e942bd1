/**
 * lint, rule: the backend of an Ingress is a Service that is not in the input.
 */
import { checkIngresses } from '../ingress.js';
import type { Rule } from '../rule.js';

export const ingressWithoutService: Rule = {
  code: 'ingress-without-service',
  severity: 'warning',
  summary: 'An Ingress leads to a Service that is not there',
  why: 'An Ingress reaches only Services of its own namespace, by their exact name. What asks for the path gets an error.',
  everywhere: true,
  check: checkIngresses,
  failing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  clusterIP: 10.96.0.10
  selector: { app: web }
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
                name: webb  # <- ingress-without-service
                port: { number: 80 }
`,
  passing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  clusterIP: 10.96.0.10
  selector: { app: web }
  ports: [{ name: http, port: 80, targetPort: http }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata:
      labels: { app: web }
    spec: { containers: [{ name: web, ports: [{ name: http, containerPort: 8080 }] }] }
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
