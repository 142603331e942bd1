/**
 * complete, part: a written Service and the cluster's Service of that name → the written one with the values that the
 * API server keeps when it is applied (k/k pkg/registry/core/service/storage, patchAllocatedValues).
 */
import type { Service } from '../../read/types.js';
import { hasClusterIPs } from './cluster-ips.js';
import { hasHealthCheck, hasNodePorts } from './node-ports.js';

/** `written` with the cluster IPs and node ports of `there` that it leaves out. */
export function kept(written: Service, there: Service): Service {
  const { spec } = written;
  const ips = hasClusterIPs(written) && hasClusterIPs(there) && spec.clusterIPs.length === 0;
  const health = hasHealthCheck(written) && hasHealthCheck(there) && !spec.healthCheckNodePort;
  return {
    ...written,
    spec: {
      ...spec,
      ...(ips && { clusterIPs: there.spec.clusterIPs, ipFamilies: there.spec.ipFamilies }),
      ...(health && { healthCheckNodePort: there.spec.healthCheckNodePort }),
      ...(hasNodePorts(written) && hasNodePorts(there) && { ports: portsOf(spec.ports, there.spec.ports) }),
    },
  };
}

/** Ports are matched by name; a node port that another port asks for is not kept. */
function portsOf(written: Service['spec']['ports'], there: Service['spec']['ports']): Service['spec']['ports'] {
  const byName = new Map(there.map(({ name, nodePort }) => [name, nodePort]));
  const used = new Set(written.map(({ nodePort }) => nodePort).filter((port) => port !== 0));
  return written.map((port) => {
    const nodePort = byName.get(port.name) ?? 0;
    if (port.nodePort !== 0 || nodePort === 0 || used.has(nodePort)) return port;
    used.add(nodePort);
    return { ...port, nodePort };
  });
}
