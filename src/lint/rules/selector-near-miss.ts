/**
 * lint, rule: a selector matches nothing, but would match a Pod or a pod template without one of its labels.
 */

import type { Rule } from '../rule.js';
import { checkSelectors } from '../selector.js';

export const selectorNearMiss: Rule = {
  code: 'selector-near-miss',
  severity: 'warning',
  summary: 'A selector finds nothing, and but for one label it would',
  why: 'The Service has no endpoints, and its clients are refused. Write the label as the Pods have it.',
  everywhere: true,
  check: checkSelectors,
  failing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  selector:
    app: wbe  # <- selector-near-miss
  ports: [{ port: 80, targetPort: http }]
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
`,
  passing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  selector:
    app: web
  ports: [{ port: 80, targetPort: http }]
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
`,
};
