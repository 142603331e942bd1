/**
 * layout fast, part: the chains that ServicePorts share: one for each number of endpoints, not one for each Service.
 */
import type { ServicePort } from '../../../../resolve/types.js';
import type { Chain, Expression, MapReference, Rule } from '../../../../tools/nft/types.js';
import { type Context, oncePer } from '../../context.js';
import { SOURCES_CHAIN } from '../../names.js';
import { externalRules } from '../external.js';
import { concat, DPORT, DROP, daddr, L4PROTO, match, random, rule, saddr } from '../statements.js';
import { chainsOf, SOURCES } from './service-port.js';
import { isServed, MOST_ENDPOINTS, type Shares } from './share.js';
import { pickChain, portMap, type Space, type Spaces, slotChain, slotMap, spaceOf } from './spaces.js';

/** What is needed of the chains of a space. */
interface Needed {
  /** The most endpoints of a key. */
  readonly slots: number;
  /** Numbers of endpoints that are picked from, ascending. */
  readonly picks: readonly number[];
  /** A ServicePort for each entrance of traffic from outside. */
  readonly externals: readonly ServicePort[];
}

/** The chains of `space` that `shares` need. */
export function chainsOfSpace(space: Space, spaces: Spaces, shares: Shares, context: Context): readonly Chain[] {
  const { slots, picks, externals } = neededIn(space, spaces, shares);
  return [
    ...slotChains(space).slice(0, slots),
    ...picks.filter((count) => count > 1).flatMap((count) => pickChains(space)[count] ?? []),
    ...externals.map((port) => external(space, port, context)),
  ];
}

const slotChains = oncePer((space: Space): readonly Chain[] =>
  Array.from({ length: MOST_ENDPOINTS }, (_, slot) => chain(slotChain(space, slot), () => [toSlot(space, slot)])),
);

/** By the number of endpoints. */
const pickChains = oncePer((space: Space): readonly Chain[] =>
  Array.from({ length: MOST_ENDPOINTS + 1 }, (_, count) => chain(pickChain(space, count), () => [pick(space, count)])),
);

/** The most endpoints that a key of `space` has. */
export function slotsOf(space: Space, spaces: Spaces, shares: Shares): number {
  let slots = 0;
  for (const [port, { length }] of shares)
    if (length > slots && port.frontends.some((each) => isServed(each) && spaceOf(each, spaces) === space))
      slots = length;
  return slots;
}

/** Drops what comes from sources that the set does not have for an address and port. */
export const sourcesChain = oncePer((context: Context): Chain => {
  const key = concat(daddr(context), L4PROTO, DPORT, saddr(context));
  return chain(SOURCES_CHAIN, () => [rule([{ kind: 'lookup', left: key, not: true, set: SOURCES }, DROP])]);
});

/** What `shares` need of `space`. */
export function neededIn(space: Space, spaces: Spaces, shares: Shares): Needed {
  const picks = new Set<number>();
  const externals = new Map<string, ServicePort>();
  for (const port of shares.keys())
    for (const frontend of port.frontends) {
      if (!isServed(frontend) || spaceOf(frontend, spaces) !== space) continue;
      const { cluster, local } = port.endpoints;
      if (frontend.policy === 'Local') picks.add(local.length);
      if (frontend.policy === 'Cluster' || frontend.kind !== 'ClusterIP') picks.add(cluster.length);
      const { external } = chainsOf(space, port);
      if (frontend.kind !== 'ClusterIP' && !externals.has(external)) externals.set(external, port);
    }
  return {
    slots: slotsOf(space, spaces, shares),
    picks: [...picks].sort((a, b) => a - b),
    externals: [...externals].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, port]) => port),
  };
}

function chain(name: string, rules: () => readonly Rule[]): Chain {
  return { name, rules };
}

/** DNAT to the endpoint that has the number for this address or node port. */
function toSlot(space: Space, slot: number): Rule {
  const from = (key: Expression, name: string) => ({ key, map: { kind: 'named', name } as MapReference });
  const port = from(space.portKey, portMap(space));
  const to = { kind: 'map', ...from(space.key, slotMap(space, slot)), port } as const;
  // nft asks for a protocol that has ports, before DNAT to one.
  return rule([match(L4PROTO, ['tcp', 'udp', 'sctp']), { kind: 'dnat', to, flags: [] }]);
}

/** One of the first `count` endpoints for each connection, all equally likely. */
function pick(space: Space, count: number): Rule {
  const entries = Array.from({ length: count }, (_, slot) => ({
    key: String(slot),
    data: `goto ${slotChain(space, slot)}`,
  }));
  return rule([{ kind: 'vmap', key: random(count), map: { kind: 'inline', entries } }]);
}

function external(space: Space, port: ServicePort, context: Context): Chain {
  const chains = chainsOf(space, port);
  const frontend = port.frontends.find(({ kind }) => kind !== 'ClusterIP');
  return chain(chains.external, () => (frontend ? externalRules({ chains, context }, frontend) : []));
}
