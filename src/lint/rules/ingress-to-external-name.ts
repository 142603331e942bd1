/**
 * lint, rule: the backend of an Ingress is an ExternalName Service.
 */
import { checkIngresses } from '../ingress.js';
import type { Rule } from '../rule.js';

export const ingressToExternalName: Rule = {
  code: 'ingress-to-external-name',
  severity: 'note',
  summary: 'An Ingress leads to a Service that is an alias of a name',
  why: 'Some controllers resolve the name themselves, others refuse such a backend unless they are told. Look what yours does.',
  everywhere: true,
  check: checkIngresses,
  failing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  type: ExternalName
  externalName: shop.example.net
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
                name: web  # <- ingress-to-external-name
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
