/**
 * lint, rule: no selected Pod has a port with the name and protocol of a named target port.
 */

import type { Rule } from '../rule.js';
import { checkSelectors } from '../selector.js';

export const targetPortName: Rule = {
  code: 'target-port-name',
  severity: 'warning',
  summary: 'A target port is named, and no Pod that is selected has a port of that name and protocol',
  why: 'Pods without the port are left out of the EndpointSlices, so nothing serves it. Name the port in the container, or write its number.',
  everywhere: true,
  check: checkSelectors,
  failing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  selector: { app: web }
  ports:
    - port: 80
      targetPort: htpp  # <- target-port-name
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
  selector: { app: web }
  ports:
    - port: 80
      targetPort: http
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
