/**
 * lower, layout `fast`: kube-proxy's table, but with chains that Services share.
 *
 *     services ─ service-ips ───────┬───────────────────── pick/3 ─ slot/1 ─ DNAT to the address that map slot-1 has for
 *              │                    └ external/3 (mark) ──┘                  the VIP, and to its port in target-ports
 *              └ service-nodeports ── nodeport-external/3 ─ nodeport-pick/3 ─ nodeport-slot/1 ─ DNAT likewise
 *     firewall-check ─ firewall-ips ─ firewall/source-ranges
 *
 * A chain or an anonymous map for each Service is what makes kube-proxy's layout slow to load: naming one walks all of
 * the table (docs/nftables.md has figures). Here a Service is elements only. Those that cannot share (share.ts) have
 * kube-proxy's chains.
 */
import type { ServicePort } from '../../../resolve/types.js';
import type { Element, NamedSet, Table } from '../../../tools/nft/types.js';
import type { Context } from '../context.js';
import { TABLE, TABLE_COMMENT } from '../names.js';
import { chainsOfSpace, slotsOf, sourcesChain } from './fast/chains.js';
import { lowerShared, SOURCES } from './fast/service-port.js';
import { type Shares, sharesOf } from './fast/share.js';
import { portMap, type Space, type Spaces, slotMap, spacesOf } from './fast/spaces.js';
import { sharedElements } from './kube-proxy.js';
import { type LoweredPort, lowerServicePort, type Placed } from './service-port.js';
import { addressType } from './statements.js';
import { stockChains, stockSets } from './stock.js';

export { FAST_TIES } from './fast/ties.js';

/** The table, with the ServicePorts in the order given. */
export function layoutFast(ports: readonly ServicePort[], context: Context): Table {
  const spaces = spacesOf(context);
  const shares = sharesOf(ports, spaces);
  const lowered = ports.map((port) => lowerPort(port, shares, spaces, context));
  const stock = sharedElements(lowered.map(({ own }) => own));
  const fast = sharedElements(lowered.map(({ fast }) => loweredOf(fast)));
  const both = [spaces.vips, spaces.nodePorts];
  return {
    family: context.ip,
    name: TABLE,
    comment: TABLE_COMMENT,
    sets: [
      ...stockSets(context, stock),
      sourcesSet(context, fast),
      ...both.flatMap((space) => mapsOf(space, slotsOf(space, spaces, shares), context, fast)),
      ...lowered.flatMap(({ own }) => own.sets),
    ],
    chains: [
      ...stockChains(context),
      sourcesChain(context),
      ...both.flatMap((space) => chainsOfSpace(space, spaces, shares, context)),
      ...lowered.flatMap(({ own }) => own.chains),
    ],
  };
}

interface FastPort {
  /** What kube-proxy has too. */
  readonly own: LoweredPort;
  readonly fast: readonly Placed[];
}

function lowerPort(port: ServicePort, shares: Shares, spaces: Spaces, context: Context): FastPort {
  const endpoints = shares.get(port);
  if (!endpoints) return { own: lowerServicePort(port, context), fast: [] };
  const { stock, fast } = lowerShared(port, endpoints, spaces, context);
  return { own: loweredOf(stock), fast };
}

function loweredOf(shared: readonly Placed[]): LoweredPort {
  return { shared, sets: [], chains: [] };
}

/** A source may use an address and port if one of the set's elements has all three. */
function sourcesSet(context: Context, elementsOf: (set: string) => Iterable<Element>): NamedSet {
  const key = `${addressType(context)} . inet_proto . inet_service . ${addressType(context)}`;
  const comment = 'sources allowed by LoadBalancerSourceRanges';
  return {
    kind: 'set',
    name: SOURCES,
    key,
    by: 'type',
    flags: ['interval'],
    comment,
    elements: () => elementsOf(SOURCES),
  };
}

/** The target ports of `space`, and for each number of an endpoint the addresses. */
function mapsOf(
  space: Space,
  slots: number,
  context: Context,
  elementsOf: (set: string) => Iterable<Element>,
): readonly NamedSet[] {
  const map = (name: string, key: string, data: string): NamedSet => {
    return { kind: 'map', name, key, data, by: 'type', flags: [], elements: () => elementsOf(name) };
  };
  return [
    map(portMap(space), space.portKeyType, 'inet_service'),
    ...Array.from({ length: slots }, (_, slot) => map(slotMap(space, slot), space.keyType, addressType(context))),
  ];
}
