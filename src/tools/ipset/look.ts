/**
 * look: whether the kernel has the sets that were programmed, member by member. A listing is read line by line; only the
 * lines of foreign sets are held.
 */
import { eachLine, understood } from '../ask.js';
import type { Look } from '../tool.js';
import type { IpsetOurs } from './diff.js';
import { parse, type SavedSets } from './parse.js';
import { printEntry } from './print.js';
import type { IpSet } from './types.js';

export const look: Look<readonly IpSet[], SavedSets, IpsetOurs> = {
  *parts(sets) {
    for (const set of sets) {
      yield head(set);
      for (const entry of set.entries) yield `add ${set.name} ${printEntry(entry)}`;
    }
  },
  rest: () => [],
  async read(ask, { ours }, isKnown) {
    const foreign: string[] = [];
    let isAsKnown = true;
    const { code } = await eachLine(ask, ['ipset', 'save'], (line) => {
      const [verb, name = ''] = line.split(' ', 2);
      if (!ours.isOurs(name)) foreign.push(line);
      else if (!isKnown(verb === 'create' ? created(line) : line)) isAsKnown = false;
    });
    if (code !== 0 || !isAsKnown) return undefined;
    return { observed: understood('ipset save', parse(foreign.join('\n'))) };
  },
};

/** What a set is, but for its size; a bitmap:port is of no family. */
function head({ name, type, family }: IpSet): string {
  return type === 'bitmap:port' ? `create ${name} ${type}` : `create ${name} ${type} ${family}`;
}

/** The set that a line creates; the line itself where IpSet cannot hold it. */
function created(line: string): string {
  const [set] = parse(line).value.sets;
  return set ? head(set) : line;
}
