/**
 * verify: two rule sets → every class of packets that they treat differently.
 */
import type { NodeRules } from '../packet/node.js';
import { destinations, meetBoth, packetsTo, places } from './classes.js';
import { type Compared, compare } from './compare.js';
import { newSide, type Side } from './side.js';

/** A rule set, and what is known beside it. */
export interface Given {
  readonly rules: NodeRules;
  /** Addresses of endpoints that are known to be on other nodes. */
  readonly elsewhere?: ReadonlySet<string>;
}

export interface Verification {
  /** How many classes of destinations there are, and of how many both sides have the same rules. */
  readonly destinations: number;
  readonly sameRules: number;
  /** Classes of packets to the others, each of which was evaluated on both sides, unless their port has the same rules. */
  readonly classes: number;
  /** Ports of those destinations, and of how many both sides have the same rules. */
  readonly places: number;
  readonly samePlaces: number;
  /** Classes that are equal on the ground that both sides depend on the same. */
  readonly unknownAlike: number;
  readonly differences: readonly Compared[];
}

/** All classes of packets; what differs is complete. */
export function verify(a: Given, b: Given): Verification {
  const sides = [newSide(a.rules, a.elsewhere), newSide(b.rules, b.elsewhere)] as const;
  const counts = { destinations: 0, sameRules: 0, classes: 0, places: 0, samePlaces: 0, unknownAlike: 0 };
  const differences: Compared[] = [];
  for (const destination of destinations(sides)) {
    counts.destinations++;
    const { tests, met } = meetBoth(sides, { destination });
    if (met[0].content === met[1].content) {
      counts.sameRules++;
      continue;
    }
    for (const place of places(destination, tests)) {
      counts.places++;
      const there = meetBoth(sides, place);
      if (there.met[0].content === there.met[1].content) {
        counts.samePlaces++;
        continue;
      }
      const unknown = isAlike(there.met.map((each) => each.unknown)) ? 'alike' : 'not alike';
      for (const packet of packetsTo(place, there.tests, sides)) {
        counts.classes++;
        const found = compare(packet, sides, unknown);
        if (found === 'unknown alike') counts.unknownAlike++;
        else if (found !== 'equal') differences.push(found);
      }
    }
  }
  return { ...counts, differences };
}

function isAlike([a = [], b = []]: readonly (readonly string[])[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i]);
}

export type { Side };
