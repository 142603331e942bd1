/**
 * lint, rule: the backend of an Ingress is a headless Service.
 */
import { checkIngresses } from '../ingress.js';
import type { Rule } from '../rule.js';

export const ingressToHeadless: Rule = {
  code: 'ingress-to-headless',
  severity: 'note',
  summary: 'An Ingress leads to a headless Service',
  why: 'Controllers that read EndpointSlices reach its Pods, those that go by the cluster IP do not.',
  everywhere: true,
  check: checkIngresses,
  failing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  clusterIP: None
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
                name: web  # <- ingress-to-headless
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
