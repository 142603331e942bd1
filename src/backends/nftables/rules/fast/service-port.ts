/**
 * layout fast, part: one ServicePort that shares the chains → its elements in the sets and maps.
 */
import { inetNtop } from '../../../../ip.js';
import type { Endpoint, Frontend, ServicePort } from '../../../../resolve/types.js';
import type { Element } from '../../../../tools/nft/types.js';
import { L4 } from '../../../shared/l4.js';
import type { ServiceChains } from '../../../shared/service-chains.js';
import type { Context } from '../../context.js';
import { SOURCES_CHAIN } from '../../names.js';
import { allowedSources } from '../external.js';
import type { NamedPort } from '../port.js';
import { frontendElements, hairpins, type Placed } from '../service-port.js';
import { isServed } from './share.js';
import { externalChain, pickChain, portMap, type Space, type Spaces, slotMap, spaceOf } from './spaces.js';

/** The set of the sources that may use an address and port; SOURCES_CHAIN drops all others. */
export const SOURCES = 'source-ranges';

export interface SharedPort {
  /** Elements of the sets and maps that kube-proxy has too. */
  readonly stock: readonly Placed[];
  /** Elements of those that only this layout has. */
  readonly fast: readonly Placed[];
}

/** The elements that serve `port` by its numbered `endpoints`. */
export function lowerShared(
  port: ServicePort,
  endpoints: readonly Endpoint[],
  spaces: Spaces,
  context: Context,
): SharedPort {
  const protocol = L4[port.name.protocol];
  const named = (space: Space): NamedPort => ({ port, protocol, chains: chainsOf(space, port), context });
  return {
    stock: [
      ...port.frontends.flatMap((frontend) => frontendElements(named(spaceOf(frontend, spaces)), frontend)),
      ...hairpins(named(spaces.vips)),
    ],
    fast: port.frontends.flatMap((frontend) => [
      ...numberedEndpoints(port, frontend, endpoints, spaceOf(frontend, spaces)),
      ...sources(port, frontend, spaces.vips),
    ]),
  };
}

/** The chains of `space` that serve `port`. */
export function chainsOf(space: Space, { endpoints: { cluster, local }, frontends }: ServicePort): ServiceChains {
  const isLocal = frontends.some(({ kind, policy }) => kind !== 'ClusterIP' && policy === 'Local');
  return {
    cluster: pickChain(space, cluster.length),
    local: pickChain(space, local.length),
    external: externalChain(space, cluster.length, isLocal ? local.length : undefined),
    firewall: SOURCES_CHAIN,
  };
}

function numberedEndpoints(
  port: ServicePort,
  frontend: Frontend,
  endpoints: readonly Endpoint[],
  space: Space,
): readonly Placed[] {
  const [first] = endpoints;
  if (!first || !isServed(frontend)) return [];
  const protocol = L4[port.name.protocol];
  const key = space.keyOf(frontend, protocol);
  return [
    placed(port, portMap(space), space.portKeyOf(frontend, protocol), String(first.port)),
    ...endpoints.map(({ ip }, slot) => placed(port, slotMap(space, slot), key, inetNtop(ip))),
  ];
}

function sources(port: ServicePort, frontend: Frontend, space: Space): readonly Placed[] {
  if (!frontend.sourceRanges) return [];
  const key = space.portKeyOf(frontend, L4[port.name.protocol]);
  return allowedSources(port, frontend.sourceRanges).map((source) => placed(port, SOURCES, `${key} . ${source}`));
}

/** Written out, as there is one for each endpoint of each address. */
function placed({ name: owner, origin }: ServicePort, set: string, key: string, data?: string): Placed {
  const element: Element = data === undefined ? { key, owner, origin } : { key, data, owner, origin };
  return { set, element };
}
