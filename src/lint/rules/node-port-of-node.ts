/**
 * lint, rule: node ports on which daemons of the node listen. DNAT in PREROUTING happens before socket lookup.
 */
import type { Diagnostic } from '../../diag.js';
import type { Snapshot } from '../../read/types.js';
import { NODE_LISTENERS } from '../known-ports.js';
import { takenPorts } from '../node-ports.js';
import type { Rule } from '../rule.js';

function check({ services }: Snapshot): readonly Diagnostic[] {
  return takenPorts(services).flatMap(({ what, port, protocol, origin }): readonly Diagnostic[] => {
    const listener = protocol === 'TCP' ? NODE_LISTENERS[port] : undefined;
    if (listener === undefined) return [];
    const then =
      what === 'node port' ? `what comes for ${listener} goes to the Service` : 'kube-proxy cannot listen there';
    return [
      {
        code: 'node-port-of-node',
        severity: 'warning',
        message: `${what} ${port} is the port of ${listener}: on a node that has it, ${then}`,
        origin,
        hint: 'take another port',
      },
    ];
  });
}

export const nodePortOfNode: Rule = {
  code: 'node-port-of-node',
  severity: 'warning',
  summary: 'A node port, or a health check node port, is one that a daemon of the node listens on',
  why: 'Rules of Services come before sockets, so connections to the daemon end at the Service: no ssh, no kubelet, no API server. For a health check the daemon has the port, and kube-proxy cannot answer. Take another port.',
  check,
  failing: `apiVersion: v1
kind: Service
metadata: { name: web, uid: 0d2c, resourceVersion: "1" }
spec:
  type: NodePort
  clusterIP: 10.96.0.10
  ports:
    - port: 443
      nodePort: 10250  # <- node-port-of-node
`,
  passing: `apiVersion: v1
kind: Service
metadata: { name: web, uid: 0d2c, resourceVersion: "1" }
spec:
  type: NodePort
  clusterIP: 10.96.0.10
  ports:
    - port: 443
      nodePort: 30443
`,
};
