/**
 * read: the sets of a node, held against a list that counts their members, for a save has no end that shows it is whole.
 */
import { type Ask, answer, FORBIDDEN, isMissing, type Outcome, understood } from '../ask.js';
import { parseCounts } from './counts.js';
import { parse, type SavedSets } from './parse.js';

/** What a node has that has no sets. */
export const NO_SETS: SavedSets = { sets: [], others: [] };

/** Unless sets are `needed`, a node without ipset has none. Throws when one that `isOurs` is not whole. */
export async function readSets(ask: Ask, needed: boolean, isOurs: (name: string) => boolean): Promise<SavedSets> {
  const none = needed ? () => false : noSets;
  for (let reads = 1; ; reads++) {
    const text = await answer(ask, ['ipset', 'save'], none);
    if (text === undefined) return NO_SETS;
    const found = understood('ipset save', parse(text));
    const list = await answer(ask, ['ipset', 'list', '-terse'], none);
    const lost = understood('ipset list -terse', parseCounts(list ?? '')).find(
      (set) => isOurs(set.name) && !isWhole(found, set),
    );
    if (!lost) return found;
    // It may have changed just now.
    if (reads === MOST_READS) throw new Error(`ipset save leaves out members of ${lost.name}, or all of it`);
  }
}

const MOST_READS = 3;

function isWhole({ sets, others }: SavedSets, { name, members }: { readonly name: string; readonly members?: number }) {
  const set = sets.find((each) => each.name === name);
  return set ? members === undefined || set.entries.length >= members : others.some((each) => each.name === name);
}

/** Neither the tool nor the kernel knows sets. */
function noSets(outcome: Outcome): boolean {
  return isMissing(outcome) || (!FORBIDDEN.test(outcome.stderr) && NO_SETS_HERE.test(outcome.stderr));
}

const NO_SETS_HERE = /Cannot open session to kernel|Can't open socket to ipset|Protocol not supported/;
