/**
 * clusters, part: the ports of a Service of the clusterset (KEP-1645, Service Port). In: exports in order of
 * precedence. Out: the union of their ports, and the port of a cluster's Service that each of them maps to.
 */
import type { Protocol, Service, ServicePortSpec } from '../read/types.js';
import type { Export } from './exports.js';

/** A port of a Service of the clusterset. */
export interface ClustersetPort {
  readonly name: string;
  readonly protocol: Protocol;
  readonly port: number;
}

/** The union: of two ports with equal names, or equal protocol and number, the earlier export's counts. */
export function mergedPorts(exports: readonly Export[]): readonly ClustersetPort[] {
  const merged: ClustersetPort[] = [];
  for (const { service } of exports) {
    for (const { name, protocol, port } of service.spec.ports) {
      const taken = merged.some((other) => other.name === name || (other.protocol === protocol && other.port === port));
      if (!taken) merged.push({ name, protocol, port });
    }
  }
  return merged;
}

/**
 * The port of `service` that serves the clusterset's `port`: equal in protocol and number, whatever its name. Traffic
 * for a port goes only to clusters that have it.
 */
export function exposing(service: Service, { protocol, port }: ClustersetPort): ServicePortSpec | undefined {
  return service.spec.ports.find((own) => own.protocol === protocol && own.port === port);
}

/** `http 80/TCP`, or `80/TCP` for a port without a name. */
export function portText({ name, protocol, port }: ClustersetPort): string {
  return `${name === '' ? '' : `${name} `}${port}/${protocol}`;
}
