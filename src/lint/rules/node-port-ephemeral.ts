/**
 * lint, rule: node ports in the range of ephemeral ports of Linux (net.ipv4.ip_local_port_range, ip-sysctl).
 */
import type { Diagnostic } from '../../diag.js';
import type { Snapshot } from '../../read/types.js';
import { takenPorts } from '../node-ports.js';
import type { Rule } from '../rule.js';

const FIRST = 32768;
const LAST = 60999;

function check({ services }: Snapshot): readonly Diagnostic[] {
  return takenPorts(services).flatMap(({ what, port, origin }): readonly Diagnostic[] => {
    if (port < FIRST || port > LAST) return [];
    return [
      {
        code: 'node-port-ephemeral',
        severity: 'warning',
        message: `${what} ${port} is among the ports that a node's own connections take (${FIRST}-${LAST})`,
        origin,
        hint: `take a port below ${FIRST}, or keep it free with net.ipv4.ip_local_reserved_ports on every node`,
      },
    ];
  });
}

export const nodePortEphemeral: Rule = {
  code: 'node-port-ephemeral',
  severity: 'warning',
  summary: 'A node port, or a health check node port, is in the ephemeral range of Linux, 32768 to 60999',
  why: "A process of the node that was given the port by the kernel gets none of what comes to it, and while it has it, kube-proxy can't listen there for health checks. Take a port below, or reserve it with net.ipv4.ip_local_reserved_ports.",
  check,
  failing: `apiVersion: v1
kind: Service
metadata: { name: web, uid: 0d2c, resourceVersion: "1" }
spec:
  type: NodePort
  clusterIP: 10.96.0.10
  ports:
    - port: 80
      nodePort: 40080  # <- node-port-ephemeral
`,
  passing: `apiVersion: v1
kind: Service
metadata: { name: web, uid: 0d2c, resourceVersion: "1" }
spec:
  type: NodePort
  clusterIP: 10.96.0.10
  ports:
    - port: 80
      nodePort: 30080
`,
};
