/**
 * lint, rule: two Services have the same number as node port or health check node port.
 */
import type { Rule } from '../rule.js';

export const nodePortConflict: Rule = {
  code: 'node-port-conflict',
  severity: 'error',
  summary: 'Two Services have one node port, or one has it for health checks',
  why: 'An API server gives a number to one Service only, whatever the protocol. Packets get to one of the two only.',
  failing: `apiVersion: v1
kind: Service
metadata: { name: a }
spec:
  type: NodePort
  clusterIP: 10.96.0.10
  ports:
    - port: 80
      nodePort: 30080
---
apiVersion: v1
kind: Service
metadata: { name: b }
spec:
  type: NodePort
  clusterIP: 10.96.0.11
  ports:
    - port: 80
      nodePort: 30080  # <- node-port-conflict
`,
  passing: `apiVersion: v1
kind: Service
metadata: { name: a }
spec:
  type: NodePort
  clusterIP: 10.96.0.10
  ports:
    - port: 80
      nodePort: 30080
---
apiVersion: v1
kind: Service
metadata: { name: b }
spec:
  type: NodePort
  clusterIP: 10.96.0.11
  ports:
    - port: 80
      nodePort: 30081
`,
};
