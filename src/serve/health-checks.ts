/**
 * health-checks: the health-check node ports. A load balancer asks each node there how many endpoints it has of a Service
 * under externalTrafficPolicy Local. Answers are kube-proxy's (k/k pkg/proxy/healthcheck), on any path.
 */
import type { Resolved } from '../backends/backend.js';
import type { ServicePort } from '../resolve/types.js';
import { type Address, type Answer, jsonAnswer, type Listening, listen, shareConnections } from './http.js';

export interface HealthChecks {
  /** Opens and closes ports as `resolved` needs them; returns problems, such as a port that is taken. Never rejects. */
  update(resolved: readonly Resolved[]): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** The content of one port's answer. */
interface Check {
  readonly namespace: string;
  readonly name: string;
  readonly localEndpoints: number;
}

/** Health checks without a port yet; a node whose rules lag behind should get no new connections. */
export function healthChecks(isProxyHealthy: () => boolean): HealthChecks {
  let checks: ReadonlyMap<number, Check> = new Map();
  const open = new Map<string, Listening>();
  // There may be hundreds of ports.
  const connections = shareConnections();
  let last: Promise<unknown> = Promise.resolve();

  const update = async (resolved: readonly Resolved[]): Promise<readonly string[]> => {
    const problems: string[] = [];
    checks = checksOf(resolved);
    const places = placesOf(resolved);
    for (const [key, listening] of open) {
      if (places.has(key)) continue;
      open.delete(key);
      await listening.close();
    }
    for (const [key, place] of places) {
      if (open.has(key)) continue;
      try {
        open.set(key, await listen(place, () => answer(checks.get(place.port), isProxyHealthy()), connections));
      } catch (error) {
        const { namespace, name } = checks.get(place.port) ?? { namespace: '', name: '' };
        problems.push(
          `healthCheckNodePort of Service ${namespace}/${name}: ${error instanceof Error ? error.message : error}`,
        );
      }
    }
    return problems;
  };
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work);
    last = next;
    return next;
  };

  return {
    update: (resolved) => inTurn(() => update(resolved)),
    close: async () => {
      await inTurn(() => update([]));
    },
  };
}

function answer(check: Check | undefined, serviceProxyHealthy: boolean): Answer {
  // During an update a port may have no check.
  const { namespace, name, localEndpoints } = check ?? { namespace: '', name: '', localEndpoints: 0 };
  return jsonAnswer(
    localEndpoints > 0 && serviceProxyHealthy ? 200 : 503,
    { service: { namespace, name }, localEndpoints, serviceProxyHealthy },
    { 'X-Load-Balancing-Endpoint-Weight': String(localEndpoints) },
  );
}

/** By port. A Service that claims the port of another was left out before (read/claims.ts). */
function checksOf(resolved: readonly Resolved[]): ReadonlyMap<number, Check> {
  const found = new Map<number, Check>();
  for (const { ports } of resolved) {
    for (const [port, { namespace, service, ips }] of readyIps(ports)) {
      // A pod has an address in each family and is still one pod, so it is not their sum.
      const localEndpoints = Math.max(found.get(port)?.localEndpoints ?? 0, ips.size);
      found.set(port, { namespace, name: service, localEndpoints });
    }
  }
  return found;
}

/** The addresses of one family's ready endpoints on this node, across the ports of a Service, by its health check's port. */
function readyIps(ports: readonly ServicePort[]) {
  const found = new Map<number, ServicePort['name'] & { readonly ips: Set<string> }>();
  for (const { name, endpoints, healthCheckNodePort: port } of ports) {
    if (port === undefined) continue;
    const { ips } = found.get(port) ?? { ips: new Set() };
    found.set(port, { ...name, ips });
    for (const { ip, ready } of endpoints.onNode) if (ready) ips.add(ip);
  }
  return found;
}

/** The addresses of the health checks, which are those of the node ports; by a key that tells them apart. */
function placesOf(resolved: readonly Resolved[]): ReadonlyMap<string, Address> {
  const places = new Map<string, Address>();
  // As in Go, all addresses means both families, whichever the Service has; unless one family has only some.
  const isAnywhere = resolved.every(({ node }) => node.nodePorts.on === 'local-addresses');
  for (const { node, ports } of resolved) {
    const { nodePorts, family } = node;
    for (const { healthCheckNodePort: port } of ports) {
      if (port === undefined) continue;
      if (isAnywhere) places.set(`${port}`, { port });
      else if (nodePorts.on === 'local-addresses') places.set(`${port} ${family}`, { port, family });
      else for (const host of nodePorts.addresses) places.set(`${port} ${host}`, { port, host });
    }
  }
  return places;
}
