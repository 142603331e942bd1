/**
 * lint, rule: the backend of an Ingress names a port that the Service does not have.
 */
import { checkIngresses } from '../ingress.js';
import type { Rule } from '../rule.js';

export const ingressWithoutPort: Rule = {
  code: 'ingress-without-port',
  severity: 'warning',
  summary: 'An Ingress leads to a port that its Service does not have',
  why: 'An Ingress names the port of the Service, by number or name; neither the target port nor the node port. What asks for the path gets an error.',
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
                name: web
                port: { number: 8080 }  # <- ingress-without-port
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
