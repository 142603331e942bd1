/**
 * A cluster to trace packets in: two nodes, pods, and Services with and without addresses and endpoints.
 */
export const TRACE_CLUSTER = `apiVersion: v1
kind: Node
metadata: { name: node-a }
spec: { podCIDRs: [10.244.1.0/24] }
status: { addresses: [{ type: InternalIP, address: 192.168.7.2 }] }
---
apiVersion: v1
kind: Node
metadata: { name: node-b }
spec: { podCIDRs: [10.244.2.0/24] }
status: { addresses: [{ type: InternalIP, address: 192.168.7.3 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: client, namespace: default }
spec: { nodeName: node-a, containers: [{ name: c }] }
status: { phase: Running, podIPs: [{ ip: 10.244.1.9 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: agent, namespace: default }
spec: { nodeName: node-a, hostNetwork: true, containers: [{ name: c }] }
status: { phase: Running, podIPs: [{ ip: 192.168.7.2 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: pending, namespace: default }
spec: { containers: [{ name: c }] }
---
apiVersion: v1
kind: Pod
metadata: { name: db-0, namespace: prod, labels: { app: db } }
spec: { nodeName: node-b, containers: [{ name: c, ports: [{ containerPort: 5432 }] }] }
status: { phase: Running, podIPs: [{ ip: 10.244.2.6 }], conditions: [{ type: Ready, status: "True" }] }
---
apiVersion: v1
kind: Service
metadata: { name: db, namespace: prod }
spec:
  type: NodePort
  clusterIP: 10.96.0.10
  selector: { app: db }
  ports: [{ name: sql, port: 5432, nodePort: 30432 }, { name: stats, protocol: UDP, port: 53, nodePort: 30053, targetPort: 5432 }]
---
apiVersion: v1
kind: Service
metadata: { name: heads, namespace: prod }
spec: { clusterIP: None, selector: { app: db }, ports: [{ port: 5432 }] }
---
apiVersion: v1
kind: Service
metadata: { name: away, namespace: prod }
spec: { type: ExternalName, externalName: db.example.com }
---
apiVersion: v1
kind: Service
metadata: { name: empty, namespace: prod }
spec: { clusterIP: 10.96.0.11, ports: [{ port: 80 }] }
`;
