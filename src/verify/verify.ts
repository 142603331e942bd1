/**
 * verify: two rule sets → every class of packets that they treat differently. A destination whose rules are the same on
 * both sides is done with that; what is left is evaluated class by class.
 */
import { FAMILIES, type Family } from '../ip.js';
import type { NodeRules } from '../packet/node.js';
import { destinations, isMetAlike, meetBoth, packetsTo, places } from './classes.js';
import { type Compared, compare } from './compare.js';
import { newSide } from './side.js';

/** A rule set, and what is known beside it. */
export interface Given {
  readonly rules: NodeRules;
  /** Addresses of endpoints that are known to be on other nodes. */
  readonly elsewhere?: ReadonlySet<string>;
  /** What is there, but was not read: virtual servers by firewall mark, tables that iptables cannot show. */
  readonly unread?: readonly string[];
  /** The families that it is of; both when not said. */
  readonly families?: readonly Family[];
}

/** How much was looked at. */
export interface Counts {
  /** Classes of destinations, and of how many both sides have the same rules. */
  readonly destinations: number;
  readonly sameDestinations: number;
  /** Protocols and ports of the other destinations, and of how many both sides have the same rules. */
  readonly places: number;
  readonly samePlaces: number;
  /** Classes of packets to the other places: each was evaluated on both sides. */
  readonly classes: number;
  /** Of these, how many are equal on the ground that both sides depend on the same. */
  readonly unknownAlike: number;
  /** Whether both sides have the same of what was not read. */
  readonly unread: 'none' | 'alike' | 'not alike';
  /** Families that only one side is of. */
  readonly notCompared: readonly Family[];
}

/** Tells `found` of every class that differs or is undecided. */
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
  return { ...counts, unread: unreadOf(a, b), notCompared: wanted.filter((family) => !families.includes(family)) };
}

function isAlike([a = [], b = []]: readonly (readonly string[])[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i]);
}

function unreadOf({ unread: a = [] }: Given, { unread: b = [] }: Given): Counts['unread'] {
  if (a.length + b.length === 0) return 'none';
  return isAlike([[...a].sort(), [...b].sort()]) ? 'alike' : 'not alike';
}
