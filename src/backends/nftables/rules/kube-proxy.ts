/**
 * lower, layout `kube-proxy`: the table of kube-proxy's nftables mode (k/k pkg/proxy/nftables 1.36).
 *
 *     services ─ service-ips ─────┬─ service-x or local-x ─ DNAT            with affinity: ─ endpoint-y ─ DNAT
 *              └ service-nodeports ┴─ external-x ─ service-x or local-x
 *     firewall-check ─ firewall-ips ─ firewall-x
 */
import type { ServicePort } from '../../../resolve/types.js';
import type { Element, Table } from '../../../tools/nft/types.js';
import type { Context } from '../context.js';
import { TABLE, TABLE_COMMENT } from '../names.js';
import { type LoweredPort, lowerServicePort } from './service-port.js';
import { stockChains, stockSets } from './stock.js';

/** The table, with the ServicePorts in the order given. */
export function layoutKubeProxy(ports: readonly ServicePort[], context: Context): Table {
  const lowered = ports.map((port) => lowerServicePort(port, context));
  const elementsOf = sharedElements(lowered);
  return {
    family: context.ip,
    name: TABLE,
    comment: TABLE_COMMENT,
    sets: [...stockSets(context, elementsOf), ...lowered.flatMap(({ sets }) => sets)],
    chains: [...stockChains(context), ...lowered.flatMap(({ chains }) => chains)],
  };
}

/**
 * The elements of each set that all share, collected at the first question. An address and port belongs to the first
 * ServicePort that has it, in all maps.
 */
export function sharedElements(lowered: readonly LoweredPort[]): (set: string) => Iterable<Element> {
  let collected: ReadonlyMap<string, ReadonlyMap<string, Element>> | undefined;
  return (set) => {
    collected ??= collect(lowered);
    return collected.get(set)?.values() ?? [];
  };
}

function collect(lowered: readonly LoweredPort[]): ReadonlyMap<string, ReadonlyMap<string, Element>> {
  const holders = new Map<string, LoweredPort>();
  const sets = new Map<string, Map<string, Element>>();
  for (const port of lowered) {
    for (const { set, element } of port.shared) {
      const { key } = element;
      const holder = holders.get(key);
      if (!holder) holders.set(key, port);
      if (holder && holder !== port) continue;
      const found = sets.get(set) ?? new Map<string, Element>();
      sets.set(set, found);
      if (!found.has(key)) found.set(key, element);
    }
  }
  return sets;
}
