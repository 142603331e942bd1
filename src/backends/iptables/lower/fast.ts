/**
 * lower, layout `fast`: a packet tries a few rules, whatever the number of Services. The base chains are kube-proxy's,
 * so it and vipc take over from each other by rewriting them; what is behind them has names that begin with VIPC.
 *
 *     nat  PREROUTING, OUTPUT ─ KUBE-SERVICES: marks ─ VIPC-SERVICES ─┬─ VIPC-IP-… ─ VIPC-SVC-x ─ DNAT
 *                                            : clears the mark        └─ VIPC-NODEPORTS ─ VIPC-tcp-… ─ VIPC-SVC-x ─ DNAT
 *          POSTROUTING ─ KUBE-POSTROUTING: masquerades what is marked; VIPC-HAIRPIN what an endpoint sends itself
 *     filter  rejects and drops, by trees of the same kind
 *
 * The mark is set before the tree, for all traffic whose connections to a cluster IP are masqueraded, so that no Service
 * needs a rule for it.
 */
import type { Memo } from '../../../memo.js';
import type { ServicePort } from '../../../resolve/types.js';
import { type Chain, type Table, table } from '../../../tools/iptables/types.js';
import { MARK_MASQUERADE, markMasquerade } from '../../shared/masquerade.js';
import { CHAIN, FAST_CHAIN } from '../names.js';
import { JUMPS, jumpToNodePorts } from './base.js';
import type { Context } from './context.js';
import { byAddress, byPort } from './fast/dispatch.js';
import { filterChains } from './fast/filter.js';
import { hairpin } from './fast/hairpin.js';
import { byKey } from './fast/keys.js';
import { entrance, marking, postrouting } from './fast/mark.js';
import { type FastContext, type FastPort, lowerFast } from './fast/service-port.js';

/** Both tables, with the ServicePorts in the order given. */
export function layoutFast(ports: readonly ServicePort[], given: Context, memo: Memo): readonly Table[] {
  // It is the same for all cluster IPs.
  const clusterIP = ports.flatMap(({ frontends }) => frontends).find(({ kind }) => kind === 'ClusterIP');
  const context = { ...given, masquerade: clusterIP?.masquerade ?? 'never' };
  const parts = Object.values(context);
  const lowered = ports.map((port) => memo.of('lower fast', port, parts, () => lowerFast(port, context)));
  const refused = lowered.flatMap(({ filter }) => filter);
  const { rules: hairpins, chains: behind } = hairpin(ports, context, memo);
  return [
    table('filter', JUMPS.filter, filterChains(refused, context, memo)),
    table('nat', JUMPS.nat, [
      ...services(lowered, context, memo),
      { name: MARK_MASQUERADE, rules: () => [markMasquerade(context.masqueradeMark)] },
      { name: CHAIN.postrouting, rules: () => postrouting(context) },
      { name: FAST_CHAIN.hairpin, rules: () => hairpins },
      ...behind,
    ]),
  ];
}

/** The way from the entrance to endpoints. */
function services(lowered: readonly FastPort[], context: FastContext, memo: Memo): readonly Chain[] {
  const { masqueradeMark: mark, node } = context;
  const trees = { family: node.family, ips: 'IP', ports: '' };
  const claims = lowered.flatMap((port) => port.claims);
  const always = [markMasquerade(mark)];
  const atAddresses = byKey(
    claims.filter(({ place }) => place.at === 'ip'),
    marking(context),
    mark,
  );
  const atPorts = byKey(
    claims.filter(({ place }) => place.at !== 'ip'),
    always,
    mark,
  );
  const addresses = byAddress(atAddresses.placed, trees, memo);
  const nodePorts = byPort(atPorts.placed, trees, memo);
  const last = atPorts.placed.length > 0 ? jumpToNodePorts(context, FAST_CHAIN.nodePorts) : [];
  return [
    { name: CHAIN.services, rules: () => entrance(context) },
    { name: FAST_CHAIN.services, rules: () => [...addresses.rules, ...last] },
    ...(last.length > 0 ? [{ name: FAST_CHAIN.nodePorts, rules: () => [...always, ...nodePorts.rules] }] : []),
    ...addresses.chains,
    ...nodePorts.chains,
    ...atAddresses.chains,
    ...atPorts.chains,
    ...lowered.flatMap((port) => port.chains),
  ];
}
