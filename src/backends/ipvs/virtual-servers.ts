/**
 * lower, part: ServicePorts → virtual servers, one for each address and port that clients connect to.
 */

import type { Endpoint, Frontend, ServicePort } from '../../resolve/types.js';
import { printService } from '../../tools/ipvs/print.js';
import type { RealServer, VirtualServer } from '../../tools/ipvs/types.js';
import { L4 } from '../shared/l4.js';
import type { Context } from './context.js';

/**
 * The virtual servers of `ports`. IPVS has one per protocol, address and port. Of two ServicePorts that need the same
 * one, the first gets it; within a ServicePort the last frontend decides, as in kube-proxy.
 */
export function virtualServers(ports: readonly ServicePort[], context: Context): readonly VirtualServer[] {
  const found = new Map<string, VirtualServer>();
  for (const port of ports) {
    for (const [key, server] of serversOf(port, context)) {
      if (!found.has(key)) found.set(key, server);
    }
  }
  return [...found.values()];
}

/** The virtual servers of one ServicePort, by their identity. */
export function serversOf(port: ServicePort, context: Context): ReadonlyMap<string, VirtualServer> {
  return new Map(lowerPort(port, context));
}

function lowerPort(port: ServicePort, context: Context): readonly (readonly [string, VirtualServer])[] {
  const { scheduler } = context.options.ipvs;
  const realServers = {
    cluster: port.endpoints.cluster.map(realServer),
    local: port.endpoints.local.map(realServer),
  };
  return port.frontends.flatMap((frontend) =>
    addressesOf(frontend, context).map((address) => {
      const server: VirtualServer = {
        protocol: L4[port.name.protocol],
        address,
        port: frontend.port,
        scheduler: scheduler || DEFAULT_SCHEDULER,
        ...(scheduler === 'mh' ? { schedulerFlag: 'mh-port' } : {}),
        ...(port.affinity ? { persistence: port.affinity } : {}),
        realServers: realServers[setFor(frontend)],
        owner: port.name,
        origin: port.origin,
      };
      return [printService(server), server] as const;
    }),
  );
}

/** Round robin. */
const DEFAULT_SCHEDULER = 'rr';

function addressesOf({ ip }: Frontend, { nodePortAddresses }: Context): readonly string[] {
  return ip === undefined ? nodePortAddresses : [ip];
}

/**
 * Policy Local without an endpoint here falls back to all endpoints: pods of this node may use the address (k/k#97081).
 */
function setFor({ policy, whenEmpty }: Frontend): 'cluster' | 'local' {
  return policy === 'Local' && whenEmpty === undefined ? 'local' : 'cluster';
}

function realServer({ ip, port }: Endpoint): RealServer {
  return { address: ip, port, weight: 1 };
}
