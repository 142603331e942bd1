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
import { isOther, type Kind, type Part, partOf, sameAs } from './fast/part.js';
import { type FastContext, lowerFast } from './fast/service-port.js';
import { replaced } from './kept-list.js';
import type { KeptLayout } from './layout.js';

/** Both tables, with the ServicePorts in the order given. */
export function layoutFast(ports: readonly ServicePort[], given: Context): readonly Table[] {
  const context = contextOf(ports, given);
  const parts = ports.map((port) => partOf(port, context));
  return tablesOf(sharedChains(parts, context), ports, context);
}

/** The same, kept: what each ServicePort has in the chains that all share, and these. */
export function keepFast(all: readonly ServicePort[], given: Context): KeptLayout {
  const context = contextOf(all, given);
  let parts: readonly Part[] = all.map((port) => partOf(port, context));
  let shared = sharedChains(parts, context);
  return {
    replace: (before, after) => {
      const now = after.map((port) => partOf(port, context));
      const { list, pairs } = replaced(parts, before, now);
      // Without ServicePorts it is not known which traffic is masqueraded.
      const isAlike = parts.length > 0 === list.length > 0;
      parts = list;
      const again = (kind: Kind) =>
        isOther(kind, pairs) ? sameAs(shared[kind], CHAINS[kind](parts, context)) : shared[kind];
      shared = { services: again('services'), filter: again('filter'), hairpins: again('hairpins') };
      return isAlike;
    },
    arrange: (ports) => tablesOf(shared, ports, context),
  };
}

/** Which traffic is masqueraded is the same for all cluster IPs. */
function contextOf(ports: readonly ServicePort[], given: Context): FastContext {
  const clusterIP = ports.flatMap(({ frontends }) => frontends).find(({ kind }) => kind === 'ClusterIP');
  return { ...given, masquerade: clusterIP?.masquerade ?? 'never' };
}

/** The chains that no ServicePort has to itself, by kind. */
type Shared = Readonly<Record<Kind, readonly Chain[]>>;

type ChainsOf = (parts: readonly Part[], context: FastContext) => readonly Chain[];

const CHAINS: Readonly<Record<Kind, ChainsOf>> = {
  services,
  filter: (parts, context) =>
    filterChains(
      parts.flatMap(({ filter }) => filter),
      context,
    ),
  hairpins: (parts, context) => {
    const tree = hairpin(
      parts.flatMap(({ local }) => local),
      context,
    );
    return [{ name: FAST_CHAIN.hairpin, rules: () => tree.rules }, ...tree.chains];
  },
};

function sharedChains(parts: readonly Part[], context: FastContext): Shared {
  const of = (kind: Kind) => CHAINS[kind](parts, context);
  return { services: of('services'), filter: of('filter'), hairpins: of('hairpins') };
}

function tablesOf(shared: Shared, ports: readonly ServicePort[], context: FastContext): readonly Table[] {
  const own = ports.flatMap((port) => lowerFast(port, context).chains);
  return [
    table('filter', JUMPS.filter, shared.filter),
    table('nat', JUMPS.nat, [
      ...shared.services,
      { name: MARK_MASQUERADE, rules: () => [markMasquerade(context.masqueradeMark)] },
      { name: CHAIN.postrouting, rules: () => postrouting(context) },
      ...shared.hairpins,
      ...own,
    ]),
  ];
}

/** The way from the entrance to the chains of ServicePorts. */
function services(parts: readonly Part[], context: FastContext): readonly Chain[] {
  const { masqueradeMark: mark, node } = context;
  const trees = { family: node.family, ips: 'IP', ports: '' };
  const claims = parts.flatMap((part) => part.claims);
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
  const addresses = byAddress(atAddresses.placed, trees);
  const nodePorts = byPort(atPorts.placed, trees);
  const last = atPorts.placed.length > 0 ? jumpToNodePorts(context, FAST_CHAIN.nodePorts) : [];
  return [
    { name: CHAIN.services, rules: () => entrance(context) },
    { name: FAST_CHAIN.services, rules: () => [...addresses.rules, ...last] },
    ...(last.length > 0 ? [{ name: FAST_CHAIN.nodePorts, rules: () => [...always, ...nodePorts.rules] }] : []),
    ...addresses.chains,
    ...nodePorts.chains,
    ...atAddresses.chains,
    ...atPorts.chains,
  ];
}
