/**
 * clusters, part: the ports of a Service of the clusterset (KEP-1645, Service Port). In: exports, the one that counts most
 * first. Out: the union of their ports, and which port of a cluster's Service each of them is.
 */
import type { Protocol, Service, ServicePortSpec } from '../read/types.js';
import type { Export } from './exports.js';

/** A port that clients of the whole clusterset see. */
export interface ClustersetPort {
  readonly name: string;
  readonly protocol: Protocol;
  readonly port: number;
}

/** The union: of two ports with one name, or one protocol and number, that of the earlier export stays. */
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
 * The port of `service` that answers where clients call `port`: the one of its protocol and number, whatever its name
 * is. Traffic for a port goes to the clusters that have one, and to no others.
 */
export function exposing(service: Service, { protocol, port }: ClustersetPort): ServicePortSpec | undefined {
  return service.spec.ports.find((own) => own.protocol === protocol && own.port === port);
}

/** `http 80/TCP`, or `80/TCP` for a port without a name. */
export function portText({ name, protocol, port }: ClustersetPort): string {
  return `${name === '' ? '' : `${name} `}${port}/${protocol}`;
}
