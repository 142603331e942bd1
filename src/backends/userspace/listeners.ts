/**
 * listeners: ServicePorts of one family → the listeners of the relay, and which traffic goes to each.
 *
 * Only the rules see the destination of a connection; the relay sees the listener it came to. So traffic with other
 * endpoints, or with source ranges, has a listener of its own.
 */
import type { HeldPort, Options } from '../../options.js';
import type { Endpoint, Frontend, NodeContext, ServicePort, TrafficPolicy } from '../../resolve/types.js';
import { host } from '../../tools/iptables/types.js';
import { type Listener, listenerName, type RelayProtocol } from '../../tools/relay/types.js';
import { L4 } from '../shared/l4.js';
import { assignPorts, type Claims, type Wanted } from './proxy-ports.js';

/** One frontend's way to a listener. */
export interface Route {
  readonly frontend: Frontend;
  /**
   * `node`: what this node sends. `pods`: what its pods send. `others`: what comes in by an interface otherwise. Empty where
   * there is no endpoint: rules refuse then, and the listener stays for the connections that are open.
   */
  readonly from: readonly ('node' | 'pods' | 'others')[];
  readonly policy: TrafficPolicy;
}

/** A listener with the traffic that goes to it. */
export interface Served {
  readonly port: ServicePort;
  readonly listener: Listener;
  readonly routes: readonly Route[];
}

/** The listeners of one family. */
export interface Listeners {
  /** Those of a ServicePort. */
  of(port: ServicePort): readonly Served[];
  /** ServicePorts for which no port is left, or not for all of their traffic. */
  readonly left: readonly ServicePort[];
  /** Puts ServicePorts in the place of others; false when all must be made anew, with what is held. */
  replace(before: readonly ServicePort[], after: readonly ServicePort[]): boolean;
  /** The ports that they have, and until the next change those of the ones that went. */
  held(): readonly HeldPort[];
}

/** The listeners of `ports`, which are in order. */
export function newListeners(
  ports: readonly ServicePort[],
  { family }: NodeContext,
  { userspace, machine }: Options,
): Listeners {
  const { taken = [], held = [] } = machine?.proxyPorts ?? {};
  const ofFamily = held.filter((each) => each.family === family);
  const assigned = assignPorts(claimsOf(ports), userspace, { taken, held: ofFamily });
  const isLeft = (port: ServicePort): boolean => classesOf(port).some(({ name }) => assigned.left.has(name));
  return {
    of: (port) =>
      classesOf(port).flatMap((each): readonly Served[] => {
        const proxyPort = assigned.of(each.name);
        if (proxyPort === undefined) return [];
        return [{ port, routes: each.routes, listener: listenerOf(each, ANY[family], proxyPort, userspace.udpIdle) }];
      }),
    left: assigned.left.size === 0 ? [] : ports.filter(isLeft),
    replace: (before, after) => assigned.replace(claimsOf(before), claimsOf(after)),
    held: () => assigned.held().map(({ name, protocol, port }) => ({ name, family, protocol, port })),
  };
}

/** What ServicePorts want of the node's ports. A connection to a node port could not be told from one to the listener. */
function claimsOf(ports: readonly ServicePort[]): Claims {
  return {
    wanted: ports.flatMap((port) => classesOf(port)),
    avoid: ports.flatMap(({ name, frontends }) =>
      frontends.filter(({ ip }) => ip === undefined).map((each) => `${L4[name.protocol]} ${each.port}`),
    ),
  };
}

const ANY = { ipv4: '0.0.0.0', ipv6: '::' } as const;

/** Traffic of a ServicePort that one listener serves. */
interface Class extends Wanted {
  readonly port: ServicePort;
  readonly policy: TrafficPolicy;
  readonly ranged: boolean;
  readonly routes: readonly Route[];
}

function classesOf(port: ServicePort): readonly Class[] {
  const routes = port.frontends.flatMap((frontend) => routesOf(port, frontend));
  const protocol = L4[port.name.protocol];
  return CLASSES.flatMap(({ policy, ranged }) => {
    const own = routes.filter((each) => each.policy === policy && !each.frontend.sourceRanges === !ranged);
    if (own.length === 0) return [];
    const name = listenerName({
      owner: port.name,
      protocol,
      address: ANY[port.family],
      policy,
      ...(ranged && { clients: [] }),
    });
    return [{ port, protocol, policy, ranged, routes: own, name }];
  });
}

const CLASSES = [
  { policy: 'Cluster', ranged: false },
  { policy: 'Local', ranged: false },
  { policy: 'Cluster', ranged: true },
  { policy: 'Local', ranged: true },
] as const;

/** Under an external address's policy Local this node and its pods reach all endpoints, as in iptables mode. */
function routesOf({ endpoints }: ServicePort, frontend: Frontend): readonly Route[] {
  const { kind, policy, whenEmpty } = frontend;
  if (kind === 'ClusterIP' || policy === 'Cluster')
    return [{ frontend, from: whenEmpty ? [] : ['node', 'pods', 'others'], policy }];
  return [
    { frontend, from: endpoints.cluster.length > 0 ? ['node', 'pods'] : [], policy: 'Cluster' },
    { frontend, from: whenEmpty ? [] : ['others'], policy },
  ];
}

function listenerOf(
  { port, policy, ranged, routes }: Omit<Class, 'name'>,
  address: string,
  proxyPort: number,
  idle: number,
): Listener {
  const { name: owner, affinity, endpoints, origin } = port;
  const protocol = L4[owner.protocol] as RelayProtocol;
  const frontends = [...new Set(routes.map(({ frontend }) => frontend))];
  const led = frontends.filter((each) => routes.some(({ frontend, from }) => frontend === each && from.length > 0));
  return {
    protocol,
    address,
    port: proxyPort,
    owner,
    policy,
    frontends: led.map(({ kind, ip, port: number }) => ({ kind, ...(ip !== undefined && { ip }), port: number })),
    ...(ranged && { clients: clientsOf(frontends) }),
    ...(affinity && { affinity: affinity.timeoutSeconds }),
    ...(protocol === 'udp' && { idle }),
    endpoints: (policy === 'Cluster' ? endpoints.cluster : endpoints.local).map(({ ip, port: number }: Endpoint) => ({
      ip,
      port: number,
    })),
    origin,
  };
}

/** The source ranges; a node in them uses a load-balancer IP that is local to it also as the source. */
function clientsOf(frontends: readonly Frontend[]): readonly string[] {
  const found = frontends.flatMap(({ ip, sourceRanges }) => [
    ...(sourceRanges?.ranges.map(({ text }) => text) ?? []),
    ...(sourceRanges?.node && ip !== undefined ? [host(ip)] : []),
  ]);
  return [...new Set(found)];
}
