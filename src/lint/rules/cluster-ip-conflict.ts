/**
 * lint, rule: two Services have the same cluster IP, or a Service has one that an IPAddress gives to another object.
 */
import type { Rule } from '../rule.js';

export const clusterIpConflict: Rule = {
  code: 'cluster-ip-conflict',
  severity: 'error',
  summary: 'Two Services have one cluster IP, or one has what an IPAddress object gives to another',
  why: 'Packets get to one of the two only. Take the address from one of them.',
  failing: `apiVersion: v1
kind: Service
metadata: { name: a }
spec:
  clusterIP: 10.96.0.10
  ports: [{ port: 80 }]
---
apiVersion: v1
kind: Service
metadata: { name: b }
spec:
  clusterIP: 10.96.0.10  # <- cluster-ip-conflict
  ports: [{ port: 80 }]
`,
  passing: `apiVersion: v1
kind: Service
metadata: { name: a }
spec:
  clusterIP: 10.96.0.10
  ports: [{ port: 80 }]
---
apiVersion: v1
kind: Service
metadata: { name: b }
spec:
  clusterIP: 10.96.0.11
  ports: [{ port: 80 }]
`,
};
