/**
 * index: a chain's rules by what they are for.
 *
 * A chain that Services share has a rule for each of them; all but a few are for one destination address, or one port.
 * They are found by that, so a packet costs what is for it and not what there is.
 */
import type { Chain, Rule } from '../tools/iptables/types.js';
import { conditionsOf, type Known, type NamedCondition } from './conditions.js';
import type { Flow } from './packet.js';

export interface IndexedRule {
  readonly rule: Rule;
  /** From 0. */
  readonly place: number;
  readonly conditions: readonly NamedCondition[];
}

export interface IndexedChain {
  readonly chain: Chain;
  readonly rules: readonly IndexedRule[];
  /** Rules for one destination address, by that, and for one port without an address, and all others. */
  readonly byAddress: ReadonlyMap<string, readonly IndexedRule[]>;
  readonly byPort: ReadonlyMap<number, readonly IndexedRule[]>;
  readonly others: readonly IndexedRule[];
}

/** The index of a chain; a rule's conditions are made when it is first met. */
export function indexOf(chain: Chain, known: Known): IndexedChain {
  const byAddress = new Map<string, IndexedRule[]>();
  const byPort = new Map<number, IndexedRule[]>();
  const others: IndexedRule[] = [];
  const rules = chain.rules().map((rule, place): IndexedRule => {
    let conditions: readonly NamedCondition[] | undefined;
    return {
      rule,
      place,
      get conditions() {
        conditions ??= conditionsOf(rule, known);
        return conditions;
      },
    };
  });
  for (const each of rules) {
    const address = addressOf(each.rule);
    const port = address === undefined ? portOf(each.rule) : undefined;
    if (address !== undefined) push(byAddress, address, each);
    else if (port !== undefined) push(byPort, port, each);
    else others.push(each);
  }
  return { chain, rules, byAddress, byPort, others };
}

function push<K>(map: Map<K, IndexedRule[]>, key: K, each: IndexedRule): void {
  const list = map.get(key);
  if (list) list.push(each);
  else map.set(key, [each]);
}

function addressOf({ header: { destination } }: Rule): string | undefined {
  if (!destination || destination.not) return undefined;
  return /^(.*)\/(?:32|128)$/.exec(destination.value)?.[1];
}

function portOf({ matches }: Rule): number | undefined {
  const match = matches.find((each) => each.kind === 'l4' && each.destinationPort !== undefined);
  return match?.kind === 'l4' ? match.destinationPort : undefined;
}

/** The first rule at `from` or behind it that may be for the flow. */
export function nextFor(
  { byAddress, byPort, others }: IndexedChain,
  flow: Flow,
  from: number,
): IndexedRule | undefined {
  const lists = [
    others,
    byAddress.get(flow.destination.text) ?? [],
    flow.destinationPort === undefined ? [] : (byPort.get(flow.destinationPort) ?? []),
  ];
  let first: IndexedRule | undefined;
  for (const list of lists) {
    const found = atOrBehind(list, from);
    if (found && (!first || found.place < first.place)) first = found;
  }
  return first;
}

function atOrBehind(list: readonly IndexedRule[], from: number): IndexedRule | undefined {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((list[middle]?.place ?? 0) < from) low = middle + 1;
    else high = middle;
  }
  return list[low];
}
