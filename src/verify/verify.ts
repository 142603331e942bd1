/**
 * verify: two rule sets → every packet class that they treat differently. Destinations that reach the same rules on both
 * sides are equal without evaluation; the packet classes of the others are evaluated one by one.
 */
import { FAMILIES, type Family } from '../ip.js';
import type { NodeRules } from '../packet/node.js';
import { destinations, isMetAlike, meetBoth, packetsTo, places } from './classes.js';
import { type Compared, compare } from './compare.js';
import { newSide } from './side.js';

/** One side of the comparison: the rules of a node, and facts that the rules do not contain. */
export interface Given {
  readonly rules: NodeRules;
  /** Addresses of endpoints on other nodes, as far as known. */
  readonly elsewhere?: ReadonlySet<string>;
  /** Parts of the node that vipc does not read: virtual servers by firewall mark, tables that iptables cannot show. */
  readonly unread?: readonly string[];
  /** The IP families of the rules; default: both. */
  readonly families?: readonly Family[];
}

/** The size of the comparison. */
export interface Counts {
  /** Classes of destination addresses; how many of them reach the same rules on both sides. */
  readonly destinations: number;
  readonly sameDestinations: number;
  /** Protocols and ports of the other destinations; how many of them reach the same rules on both sides. */
  readonly places: number;
  readonly samePlaces: number;
  /** Packet classes to the other places: each was evaluated on both sides. */
  readonly classes: number;
  /** How many of `classes` are equal only because both sides depend on the same unknown conditions. */
  readonly unknownAlike: number;
  /** Whether `Given.unread` has the same entries on both sides. */
  readonly unread: 'none' | 'alike' | 'not alike';
  /** The entries that only one side has. */
  readonly unreadOnOne: readonly string[];
  /** Requested families that are missing on at least one side. */
  readonly notCompared: readonly Family[];
}

/** Calls `found` for every packet class that differs or is undecided. */
export function verify(
  a: Given,
  b: Given,
  found: (compared: Compared) => void,
  wanted: readonly Family[] = FAMILIES,
): Counts {
  const [mine, theirs] = [a.families ?? FAMILIES, b.families ?? FAMILIES].map((each) => new Set(each));
  const families = wanted.filter((family) => mine?.has(family) && theirs?.has(family));
  const sides = [newSide(a.rules, a.elsewhere), newSide(b.rules, b.elsewhere)] as const;
  const counts = { destinations: 0, sameDestinations: 0, places: 0, samePlaces: 0, classes: 0, unknownAlike: 0 };
  for (const destination of destinations(sides, families)) {
    counts.destinations++;
    if (isMetAlike(sides, { destination })) {
      counts.sameDestinations++;
      continue;
    }
    for (const place of places(destination, meetBoth(sides, { destination }).tests)) {
      counts.places++;
      if (isMetAlike(sides, place)) {
        counts.samePlaces++;
        continue;
      }
      const there = meetBoth(sides, place);
      const unknown = isAlike(there.met.map((each) => each.unknown)) ? 'alike' : 'not alike';
      for (const packet of packetsTo(place, there.tests, sides)) {
        counts.classes++;
        const compared = compare(packet, sides, unknown);
        if (compared === 'unknown alike') counts.unknownAlike++;
        else if (compared !== 'equal') found(compared);
      }
    }
  }
  return { ...counts, ...unreadOf(a, b), notCompared: wanted.filter((family) => !families.includes(family)) };
}

function isAlike([a = [], b = []]: readonly (readonly string[])[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i]);
}

function unreadOf({ unread: a = [] }: Given, { unread: b = [] }: Given): Pick<Counts, 'unread' | 'unreadOnOne'> {
  const isEqual = isAlike([[...a].sort(), [...b].sort()]);
  const unread = a.length + b.length === 0 ? 'none' : isEqual ? 'alike' : 'not alike';
  const [mine, theirs] = [new Set(a), new Set(b)];
  return { unread, unreadOnOne: [...a.filter((each) => !theirs.has(each)), ...b.filter((each) => !mine.has(each))] };
}
