/**
 * lint, rule: a node port or a health check node port is outside of the node port range of the cluster.
 */
import type { Rule } from '../rule.js';

export const nodePortOutOfRange: Rule = {
  code: 'node-port-out-of-range',
  severity: 'warning',
  summary: 'A node port, or a health check node port, is outside of the range of the cluster',
  why: 'An API server refuses it. --service-node-port-range says what the range is, where it is not 30000-32767; then it is an error.',
  failing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  type: NodePort
  clusterIP: 10.96.0.10
  ports:
    - port: 80
      nodePort: 20080  # <- node-port-out-of-range
`,
  passing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  type: NodePort
  clusterIP: 10.96.0.10
  ports:
    - port: 80
      nodePort: 30080
`,
};
