/**
 * lower, part: the iptables rules around IPVS. They look up ipsets, so they are few, and the same for any number of
 * Services (k/k pkg/proxy/ipvs writeIptablesRules).
 *
 *     nat     PREROUTING, OUTPUT ─ KUBE-SERVICES ─┬─ KUBE-LOAD-BALANCER ─┐
 *                                                 ├─ KUBE-NODE-PORT ─────┴─ KUBE-MARK-MASQ
 *             POSTROUTING ─ KUBE-POSTROUTING: masquerades marked packets and hairpin connections
 *     filter  INPUT, FORWARD ─ KUBE-PROXY-FIREWALL ─ KUBE-SOURCE-RANGES-FIREWALL
 *             INPUT ─ KUBE-IPVS-FILTER, OUTPUT ─ KUBE-IPVS-OUT-FILTER
 */

import type { ServicePort } from '../../resolve/types.js';
import { type Chain, jumpTo, RETURN, type Rule, type RuleSet, rule, table } from '../../tools/iptables/types.js';
import { MARK_MASQUERADE, markMasquerade, masqueradeMarked } from '../shared/masquerade.js';
import type { Context } from './context.js';
import { CHAIN, JUMPS } from './rule-set/chains.js';
import { filterChains } from './rule-set/filter.js';
import { ofMembers } from './rule-set/members.js';
import { services } from './rule-set/services.js';
import { type Members, NODE_PORT_SETS } from './sets.js';

export { CHAIN, JUMPS } from './rule-set/chains.js';
export { closedToThisNode } from './rule-set/filter.js';

/** Both tables for `ports`, whose sets have `members`. */
export function ruleSetOf(ports: readonly ServicePort[], members: Members, context: Context): RuleSet {
  const mark = 2 ** context.options.masqueradeBit;
  return {
    family: context.node.family,
    tables: [
      table('filter', JUMPS.filter, filterChains(ports, members, context, mark)),
      table('nat', JUMPS.nat, natChains(ports, members, context, mark)),
    ],
  };
}

function natChains(ports: readonly ServicePort[], members: Members, context: Context, mark: number): readonly Chain[] {
  const rulesFor = ofMembers(members, context);
  const rules: Readonly<Record<string, readonly Rule[]>> = {
    [CHAIN.services]: services(ports, members, context),
    [CHAIN.loadBalancer]: [...rulesFor('KUBE-LOAD-BALANCER-LOCAL', RETURN), rule({}, [], jumpTo(MARK_MASQUERADE))],
    // Policy Local keeps the client's address: its ports return before the mark.
    [CHAIN.nodePort]: (['tcp', 'udp', 'sctp'] as const).flatMap((protocol) => [
      ...rulesFor(NODE_PORT_SETS[protocol].local, RETURN, { protocol }),
      ...rulesFor(NODE_PORT_SETS[protocol].all, jumpTo(MARK_MASQUERADE), { protocol }),
    ]),
    [CHAIN.postrouting]: [
      ...rulesFor('KUBE-LOOP-BACK', { kind: 'masquerade', randomFully: false }),
      ...masqueradeMarked(mark, context.features),
    ],
    [MARK_MASQUERADE]: [markMasquerade(mark)],
  };
  return Object.entries(rules).map(([name, list]) => ({ name, rules: () => list }));
}
