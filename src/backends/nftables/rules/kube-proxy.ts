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
  let collected: ReadonlyMap<string, readonly Element[]> | undefined;
  return (set) => {
    collected ??= collect(lowered);
    return collected.get(set) ?? [];
  };
}

function collect(lowered: readonly LoweredPort[]): ReadonlyMap<string, readonly Element[]> {
  const holders = new Map<string, LoweredPort>();
  const sets = new Map<string, Element[]>();
  for (const port of lowered) {
    for (const { set, element } of port.shared) {
      const holder = holders.get(element.key);
      if (!holder) holders.set(element.key, port);
      if (holder && holder !== port) continue;
      const found = sets.get(set);
      if (!found) sets.set(set, [element]);
      else if (!holder || !isThere(found, element.key, port, holders)) found.push(element);
    }
  }
  return sets;
}

/** Whether `port` has placed the key already; what a ServicePort has in a set stands at the end while it is collected. */
function isThere(
  found: readonly Element[],
  key: string,
  port: LoweredPort,
  holders: ReadonlyMap<string, LoweredPort>,
): boolean {
  for (let i = found.length - 1; i >= 0; i--) {
    const other = found[i]?.key ?? '';
    if (other === key) return true;
    if (holders.get(other) !== port) return false;
  }
  return false;
}
