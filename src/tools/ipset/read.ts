/**
 * read: the sets of a node, checked against a listing of member counts, because a cut `ipset save` looks like a whole
 * one.
 */
import { type Ask, answer, FORBIDDEN, isMissing, type Outcome, understood } from '../ask.js';
import { parseCounts } from './counts.js';
import { parse, type SavedSets } from './parse.js';

/** The result on a node without ipsets. */
export const NO_SETS: SavedSets = { sets: [], others: [] };

/**
 * The sets of a node. One without ipset has none, unless sets are `needed`. Throws when a set that `isOurs` is
 * incomplete.
 */
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
    // It may have changed between the two reads.
    if (reads === MOST_READS) throw new Error(`ipset save leaves out members of ${lost.name}, or all of it`);
  }
}

const MOST_READS = 3;

function isWhole({ sets, others }: SavedSets, { name, members }: { readonly name: string; readonly members?: number }) {
  const set = sets.find((each) => each.name === name);
  return set ? members === undefined || set.entries.length >= members : others.some((each) => each.name === name);
}

/** The tool is not installed, or the kernel has no ipset support. */
function noSets(outcome: Outcome): boolean {
  return isMissing(outcome) || (!FORBIDDEN.test(outcome.stderr) && NO_SETS_HERE.test(outcome.stderr));
}

const NO_SETS_HERE = /Cannot open session to kernel|Can't open socket to ipset|Protocol not supported/;
