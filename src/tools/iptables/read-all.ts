/**
 * read: the rules of a node, with what iptables-save does not show of them.
 */
import type { Ask } from '../ask.js';
import type { ReadScope } from '../tool.js';
import { markLookups } from './lookups.js';
import type { IptablesOurs } from './ownership.js';
import type { SavedRuleSet } from './parse.js';
import { readRules, readTablesBehind } from './read.js';
import type { IptablesState } from './state.js';

/** The rules of each family that the node has; none where it has no iptables. Throws when they cannot be read whole. */
export async function readAll(
  ask: Ask,
  { iptables, nft, desired, ours }: ReadScope<IptablesState, IptablesOurs>,
): Promise<readonly SavedRuleSet[]> {
  if (!iptables) return [];
  const saved = await readRules(ask, iptables, nft?.program);
  if (iptables.variant === 'legacy') return saved;
  const tables = await readTablesBehind(ask, saved, nft?.program);
  return tables ? markLookups(ask, saved, desired?.ruleSets ?? [], ours, nft?.program) : saved;
}
