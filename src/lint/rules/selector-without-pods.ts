/**
 * lint, rule: a selector matches no Pod, only a pod template.
 */

import type { Rule } from '../rule.js';
import { checkSelectors } from '../selector.js';

export const selectorWithoutPods: Rule = {
  code: 'selector-without-pods',
  severity: 'warning',
  summary: 'A selector finds no Pod, only a template that would make some',
  why: 'In a dump of a cluster the Service has no endpoints, and its clients are refused. Look why the workload has no Pods, or take a dump that has them. Manifests alone say it in compile only: there a template is not enough for rules.',
  everywhere: true,
  check: checkSelectors,
  failing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  clusterIP: 10.96.0.10
  selector: { app: web }  # <- selector-without-pods
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
---
apiVersion: v1
kind: Pod
metadata: { name: db-0, labels: { app: db } }
spec: { nodeName: node-a, containers: [{ name: db }] }
status: { phase: Running, podIP: 10.244.0.9, conditions: [{ type: Ready, status: "True" }] }
`,
  passing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  clusterIP: 10.96.0.10
  selector: { app: web }
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
---
apiVersion: v1
kind: Pod
metadata: { name: db-0, labels: { app: db } }
spec: { nodeName: node-a, containers: [{ name: db }] }
status: { phase: Running, podIP: 10.244.0.9, conditions: [{ type: Ready, status: "True" }] }
---
apiVersion: v1
kind: Pod
metadata: { name: web-0, labels: { app: web } }
spec: { nodeName: node-a, containers: [{ name: web, ports: [{ name: http, containerPort: 8080 }] }] }
status: { phase: Running, podIP: 10.244.0.8, conditions: [{ type: Ready, status: "True" }] }
`,
};
