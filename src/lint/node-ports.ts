/**
 * lint, part: node ports and health check node ports of Services, with their positions in the input.
 */
import type { Origin } from '../diag.js';
import { sorted } from '../order.js';
import type { Protocol, Service } from '../read/types.js';

export interface TakenPort {
  readonly what: 'node port' | 'health check node port';
  readonly port: number;
  readonly protocol: Protocol;
  readonly origin: Origin;
}

/** Only ports in the input: those that vipc allocated have no position there. */
export function takenPorts(services: readonly Service[]): readonly TakenPort[] {
  return sorted(services).flatMap(({ spec, origin, allocated }) => {
    if (spec.type !== 'NodePort' && spec.type !== 'LoadBalancer') return [];
    const ports = spec.ports.flatMap(({ nodePort, protocol }, i): readonly TakenPort[] => {
      if (nodePort === 0 || allocated?.nodePorts.includes(nodePort)) return [];
      const path = ['spec', 'ports', i, 'nodePort'];
      return [{ what: 'node port', port: nodePort, protocol, origin: { ...origin, path } }];
    });
    const health = allocated?.healthCheckNodePort ? 0 : spec.healthCheckNodePort;
    if (health === 0) return ports;
    const path = ['spec', 'healthCheckNodePort'];
    return [...ports, { what: 'health check node port', port: health, protocol: 'TCP', origin: { ...origin, path } }];
  });
}
