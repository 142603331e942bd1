/**
 * lint, rule: a cluster IP is in no Service range of the cluster.
 */
import type { Rule } from '../rule.js';

export const clusterIpOutOfRange: Rule = {
  code: 'cluster-ip-out-of-range',
  severity: 'warning',
  summary: 'A cluster IP is in none of the ranges of the cluster',
  why: 'An API server refuses it; where the ranges were changed, what was allocated before lives on outside of them. It is an error where addresses are allocated.',
  failing: `apiVersion: networking.k8s.io/v1
kind: ServiceCIDR
metadata: { name: kubernetes }
spec: { cidrs: [10.96.0.0/16] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  clusterIP: 10.97.0.10  # <- cluster-ip-out-of-range
  ports: [{ port: 80 }]
`,
  passing: `apiVersion: networking.k8s.io/v1
kind: ServiceCIDR
metadata: { name: kubernetes }
spec: { cidrs: [10.96.0.0/16] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  clusterIP: 10.96.0.10
  ports: [{ port: 80 }]
`,
};
