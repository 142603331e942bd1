/**
 * by-design: differences between a mode with IPVS and one without that are meant. docs/verify.md has the list; each has
 * a condition of its own here, and what fails it is a difference like any other.
 */
import type { PacketClass } from '../packet/packet.js';
import { ONE } from '../packet/fraction.js';
import { type Fate, isSame } from './fate.js';
import type { Side } from './side.js';

export interface Pair {
  readonly packet: PacketClass;
  readonly fates: readonly [readonly Fate[], readonly Fate[]];
  readonly sides: readonly [Side, Side];
}

/** The same pair with the side that has virtual servers second. */
interface Modes {
  readonly packet: PacketClass;
  readonly rules: readonly Fate[];
  readonly servers: readonly Fate[];
  readonly isLocalByRules: boolean;
  readonly isLocalByServers: boolean;
}

/** Their names; none when the difference is not meant, or there is none between modes. */
export function byDesign({ packet, fates, sides }: Pair): readonly string[] {
  const [a, b] = sides.map(({ node }) => node.virtualServers.length > 0);
  if (a === b) return [];
  const [ruled, served] = a ? ([1, 0] as const) : ([0, 1] as const);
  const { destination } = packet;
  const modes: Modes = {
    packet,
    rules: fates[ruled],
    servers: fates[served],
    isLocalByRules: sides[ruled].isLocal(destination),
    isLocalByServers: sides[served].isLocal(destination),
  };
  const picked = pickedOtherwise(modes);
  if (picked.length > 0) return picked;
  for (const [name, holds] of OTHERS) if (holds(modes)) return [name];
  return [];
}

/** The same endpoints, and who picks is all that differs. */
function pickedOtherwise({ packet, rules, servers }: Modes): readonly string[] {
  const names = new Set<string>();
  const [left, right] = [rules.map(withoutPicking), servers.map(withoutPicking)];
  if (!rules.every(isServed) || !servers.every(isServed)) return [];
  if (isSame(left, right)) {
    if (servers.length > 1) names.add('scheduler');
  } else if (!packet.remembered || !staysAsItShould(left, right)) return [];
  const kept = servers.some(({ persistence }) => persistence !== undefined);
  const listed = rules.some(({ affinity }) => affinity !== undefined);
  if (kept !== listed) return [];
  if (kept) names.add('affinity-clock');
  if (names.size === 0 && servers.some(({ scheduler }) => scheduler !== undefined)) names.add('scheduler');
  return [...names];
}

function withoutPicking(fate: Fate): Fate {
  return { ...fate, scheduler: undefined, affinity: undefined, persistence: undefined };
}

function isServed({ end }: Fate): boolean {
  return end === 'served';
}

/** A client that is remembered has one endpoint, of those that IPVS would keep it at. */
function staysAsItShould(rules: readonly Fate[], servers: readonly Fate[]): boolean {
  const [one, other] = rules;
  if (!one || other) return false;
  return servers.some((fate) => isSame([{ ...fate, share: ONE }], [one]));
}

type Condition = (modes: Modes) => boolean;

const all = (fates: readonly Fate[], end: Fate['end']) => fates.length > 0 && fates.every((each) => each.end === end);

const stepIn = (fates: readonly Fate[], text: RegExp) =>
  fates.some(({ outcome }) => outcome.steps.some((step) => text.test(step.text)));

const OTHERS: readonly (readonly [string, Condition])[] = [
];
