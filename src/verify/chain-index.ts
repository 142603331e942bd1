/**
 * chain-index: the rules of a chain by destination address or port, so that the rules for a destination are found without
 * a test of the rules for all others.
 */
import { type Family, parseCidr } from '../ip.js';
import type { Chain, Rule } from '../tools/iptables/types.js';
import type { Knowledge } from './may.js';

interface Placed {
  readonly place: number;
  readonly rule: Rule;
}

export interface IndexedChain {
  readonly size: number;
  readonly byAddress: ReadonlyMap<string, readonly Placed[]>;
  /** Rules without a single destination address. */
  readonly byPort: ReadonlyMap<number, readonly Placed[]>;
  readonly others: readonly Placed[];
}

export function indexChain(chain: Chain, family: Family): IndexedChain {
  const byAddress = new Map<string, Placed[]>();
  const byPort = new Map<number, Placed[]>();
  const others: Placed[] = [];
  const rules = chain.rules();
  for (const [place, rule] of rules.entries()) {
    const { destination } = rule.header;
    const isHost = destination && !destination.not && destination.value.endsWith(family === 'ipv4' ? '/32' : '/128');
    const address = isHost ? parseCidr(destination.value)?.text.replace(/\/\d+$/, '') : undefined;
    const l4 = rule.matches.find((match) => match.kind === 'l4' && match.destinationPort !== undefined);
    const port = l4?.kind === 'l4' ? l4.destinationPort : undefined;
    if (address !== undefined) push(byAddress, address, { place, rule });
    else if (port !== undefined) push(byPort, port, { place, rule });
    else others.push({ place, rule });
  }
  return { size: rules.length, byAddress, byPort, others };
}

/** In chain order, all rules that can match packets of `known`, and some that cannot. */
export function rulesFor(chain: IndexedChain, { destination, port }: Knowledge): readonly Rule[] {
  const own = chain.byAddress.get(destination.text) ?? [];
  const ports = port === undefined ? [...chain.byPort.values()].flat() : (chain.byPort.get(port) ?? []);
  if (own.length === 0 && ports.length === 0) return chain.others.map(({ rule }) => rule);
  return [...chain.others, ...own, ...ports].sort((a, b) => a.place - b.place).map(({ rule }) => rule);
}

function push<K>(map: Map<K, Placed[]>, key: K, placed: Placed): void {
  const list = map.get(key);
  if (list) list.push(placed);
  else map.set(key, [placed]);
}
