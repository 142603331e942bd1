/**
 * What iptables must have for Services: the part of a desired state that the tool iptables carries out.
 */
import { BUILT_IN_CHAINS, type Chain, type RuleSet, type Table } from './types.js';

/** The rules of a mode. */
export interface IptablesState {
  /** One for each family. */
  readonly ruleSets: readonly RuleSet[];
  /** Whether the rules alone lead packets to endpoints, as in iptables mode; in ipvs mode virtual servers do. */
  readonly isComplete: boolean;
}

/**
 * Two states without the chains that are the very same in both, such as most of a tree that all Services share. Built-in
 * chains stay: what they lead to decides when it is written.
 */
export function apart(before: IptablesState, after: IptablesState): readonly [IptablesState, IptablesState] {
  const [was, is] = [chainsIn(before), chainsIn(after)];
  return [without(before, is), without(after, was)];
}

function without(state: IptablesState, chains: ReadonlySet<Chain>): IptablesState {
  const left = ({ name, chains: all }: Table): Table => ({
    name,
    chains: all.filter((chain) => !chains.has(chain) || BUILT_IN_CHAINS[name].includes(chain.name)),
  });
  return { ...state, ruleSets: state.ruleSets.map(({ family, tables }) => ({ family, tables: tables.map(left) })) };
}

/** Not by flatMap, which takes much longer for lists of lists. */
function chainsIn({ ruleSets }: IptablesState): ReadonlySet<Chain> {
  const found = new Set<Chain>();
  for (const { tables } of ruleSets) for (const { chains } of tables) for (const chain of chains) found.add(chain);
  return found;
}
