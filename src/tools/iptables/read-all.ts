/**
 * read: the rules of a node, with what iptables-save does not show of them.
 */
import type { Ask } from '../ask.js';
import type { Iptables } from '../detected.js';
import type { ReadScope } from '../tool.js';
import { markLookups } from './lookups.js';
import type { IptablesOurs } from './ownership.js';
import type { SavedRuleSet } from './parse.js';
import { readRules, readTablesBehind } from './read.js';
import type { IptablesState } from './state.js';

type Scope = ReadScope<IptablesState, IptablesOurs, readonly SavedRuleSet[]>;

/** The rules of each family that the node has; none where it has no iptables. Throws when they cannot be read whole. */
export async function readAll(ask: Ask, scope: Scope): Promise<readonly SavedRuleSet[]> {
  const { iptables, nft, known } = scope;
  if (!iptables) return [];
  const read = async () => marked(ask, scope, iptables, await readRules(ask, iptables, nft?.program));
  // Rules that were read before may have changed since, so that what else is asked does not fit.
  return known ? marked(ask, scope, iptables, known).catch(read) : read();
}

async function marked(
  ask: Ask,
  { nft, desired, ours }: Scope,
  { variant }: Iptables,
  saved: readonly SavedRuleSet[],
): Promise<readonly SavedRuleSet[]> {
  if (variant === 'legacy') return saved;
  const tables = await readTablesBehind(ask, saved, nft?.program);
  return tables ? markLookups(ask, saved, desired?.ruleSets ?? [], ours, nft?.program) : saved;
}
