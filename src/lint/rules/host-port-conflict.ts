/**
 * lint, rule: a host port of Pods is also a node port or a health check node port of a Service.
 */
import { checkHostPorts } from '../host-ports.js';
import type { Rule } from '../rule.js';

export const hostPortConflict: Rule = {
  code: 'host-port-conflict',
  severity: 'warning',
  summary: 'A port that Pods ask of their node is a node port, or a health check node port, of a Service',
  why: 'On a node where such a Pod runs one of the two gets no traffic. Give the Pods or the Service another port.',
  everywhere: true,
  check: checkHostPorts,
  failing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  type: NodePort
  clusterIP: 10.96.0.10
  selector: { app: web }
  ports: [{ port: 80, targetPort: http, nodePort: 30080 }]
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
apiVersion: apps/v1  # <- host-port-conflict
kind: DaemonSet
metadata: { name: agent }
spec:
  selector: { matchLabels: { app: agent } }
  template:
    metadata: { labels: { app: agent } }
    spec: { containers: [{ name: agent, ports: [{ containerPort: 80, hostPort: 30080 }] }] }
`,
  passing: `apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  type: NodePort
  clusterIP: 10.96.0.10
  selector: { app: web }
  ports: [{ port: 80, targetPort: http, nodePort: 30080 }]
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
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: agent }
spec:
  selector: { matchLabels: { app: agent } }
  template:
    metadata: { labels: { app: agent } }
    spec: { containers: [{ name: agent, ports: [{ containerPort: 80, hostPort: 8080 }] }] }
`,
};
