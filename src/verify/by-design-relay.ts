/**
 * by-design-relay: the intended differences between userspace mode, whose relay connects to endpoints by itself, and
 * iptables mode. Each part undoes its own effect in the fates of the relay; a difference is by design when the fates are
 * then the same.
 */
import { stepsOf } from '../packet/branch.js';
import type { PacketClass } from '../packet/packet.js';
import { has, isFirewall, isLoopback, isUntouched } from './by-design-whole.js';
import { type Fate, isSame } from './fate.js';
import type { Side } from './side.js';

/** A pair of which one side has a relay. */
export interface WithRelay {
  readonly packet: PacketClass;
  readonly rules: readonly Fate[];
  readonly relay: readonly Fate[];
}

/** The names of the differences; none if anything else differs. `keeps` undoes affinity (see affinityClock). */
export function byRelay(pair: WithRelay, keeps: (pair: WithRelay) => readonly Fate[] | undefined): readonly string[] {
  for (const [name, holds] of WHOLE) if (holds(pair)) return [name];
  const names: string[] = [];
  let now = pair;
  for (const [name, undo] of [
    ['relay-affinity', keeps],
    ['relay-source', sourceOf],
  ] as const) {
    const relay = undo(now);
    if (!relay || relay.every((fate, i) => fate === now.relay[i])) continue;
    names.push(name);
    now = { ...now, relay };
  }
  return isSame(now.rules.map(withoutList), now.relay) ? names : [];
}

/** Whether a side is userspace mode. */
export function hasRelay({ node }: Side): boolean {
  return node.ruleSets.some(({ tables }) =>
    tables.some(
      ({ name, chains }) => name === 'nat' && chains.some((chain) => chain.name === 'KUBE-PORTALS-CONTAINER'),
    ),
  );
}

/** The relay has a connection of its own to the endpoint, which sees the node as its client. */
function sourceOf({ rules, relay }: WithRelay): readonly Fate[] {
  return relay.map((fate) => {
    const other = rules.find(({ to }) => to === fate.to);
    return fate.source === 'masqueraded' && isByRelay(fate) && other && other.source !== fate.source
      ? { ...fate, source: other.source }
      : fate;
  });
}

function withoutList(fate: Fate): Fate {
  return { ...fate, affinity: undefined };
}

function isByRelay({ outcome }: Fate): boolean {
  return stepsOf(outcome).at(-1)?.table === 'relay';
}

/** What no rule redirected gets to no listener. */
const NOT_DIRECTLY = /^-A KUBE-NODEPORT-NON-LOCAL .* -j REJECT/;

const WHOLE: readonly (readonly [string, (pair: WithRelay) => boolean])[] = [
  [
    'relay-port',
    ({ rules, relay }) =>
      rules.every(isUntouched) && relay.every((fate) => fate.end === 'rejected' && has(fate, NOT_DIRECTLY)),
  ],
  [
    'relay-source-ranges',
    ({ rules, relay }) =>
      rules.every(
        (fate) => fate.end === 'dropped' && (has(fate, /^-A KUBE-PROXY-FIREWALL .*-j DROP$/) || isFirewall(fate)),
      ) && relay.every((fate) => fate.end === 'rejected' && isByRelay(fate)),
  ],
  [
    'relay-sctp',
    ({ packet, rules, relay }) => packet.protocol === 'sctp' && relay.every(isUntouched) && !rules.every(isUntouched),
  ],
  [
    'invalid-packets',
    ({ packet, rules, relay }) =>
      packet.state === 'INVALID' &&
      rules.every((fate) => fate.end === 'dropped' && has(fate, /^-A KUBE-FORWARD .*--ctstate INVALID -j DROP$/)) &&
      relay.every(isUntouched),
  ],
  [
    'localnet-guard',
    ({ packet, rules, relay }) =>
      isLoopback(packet.destination) &&
      rules.every((fate) => fate.end === 'dropped' && has(fate, /^-A KUBE-FIREWALL .*-j DROP$/)) &&
      relay.every((fate) => fate.end !== 'dropped'),
  ],
];
