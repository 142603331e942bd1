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
import { replaced } from '../../shared/kept-list.js';
import { MARK_MASQUERADE, markMasquerade } from '../../shared/masquerade.js';
import { CHAIN, FAST_CHAIN } from '../names.js';
import { JUMPS, jumpToNodePorts } from './base.js';
import type { Context } from './context.js';
import { byAddress, byPort } from './fast/dispatch.js';
import { filterChains } from './fast/filter.js';
import { hairpinChains } from './fast/hairpin.js';
import { newKeys } from './fast/keys.js';
import { entrance, marking, postrouting } from './fast/mark.js';
import { isOther, KINDS, type Kind, type Part, partOf, type SharedChains } from './fast/part.js';
import { type FastContext, lowerFast } from './fast/service-port.js';
import type { KeptLayout } from './layout.js';

/** Both tables, with the ServicePorts in the order given. */
export function layoutFast(ports: readonly ServicePort[], given: Context): readonly Table[] {
  const context = contextOf(ports, given);
  const lowered = ports.map((port) => ({ port, ...lowerFast(port, context) }));
  const shared = sharedChains(
    lowered.map(({ port, ...rest }) => partOf(port, rest, context)),
    context,
  );
  const own = lowered.flatMap(({ chains }) => chains);
  return tablesOf(nowOf(shared), own, context);
}

/** The same, kept: what each ServicePort has in the chains that all share, and these. */
export function keepFast(all: readonly ServicePort[], given: Context): KeptLayout {
  const context = contextOf(all, given);
  const newPart = (port: ServicePort) => partOf(port, lowerFast(port, context), context);
  let parts: readonly Part[] = all.map(newPart);
  const kept = sharedChains(parts, context);
  let shared = nowOf(kept);
  return {
    replace: (before, after) => {
      const { list, pairs } = replaced(parts, before, after.map(newPart));
      // Without ServicePorts it is not known which traffic is masqueraded.
      const isAlike = parts.length > 0 === list.length > 0;
      parts = list;
      const [were, are] = [pairs.flatMap(([was]) => was ?? []), pairs.flatMap(([, is]) => is ?? [])];
      for (const kind of KINDS.filter((each) => isOther(each, pairs))) {
        kept[kind].replace(were, are);
        shared = { ...shared, [kind]: kept[kind].now() };
      }
      return isAlike;
    },
    arrange: (ports) => {
      const own = ports.flatMap((port) => lowerFast(port, context).chains);
      return tablesOf(shared, own, context);
    },
  };
}

type Kept = Readonly<Record<Kind, SharedChains<Part>>>;

function sharedChains(parts: readonly Part[], context: FastContext): Kept {
  const kept = { services: services(context), filter: filter(context), hairpins: hairpinChains(context) };
  for (const kind of KINDS) kept[kind].replace([], parts);
  return kept;
}

function nowOf({ services, filter, hairpins }: Kept): Shared {
  return { services: services.now(), filter: filter.now(), hairpins: hairpins.now() };
}

/** The chains that no ServicePort has to itself, by kind. */
type Shared = Readonly<Record<Kind, readonly Chain[]>>;

/** Which traffic is masqueraded is the same for all cluster IPs. */
function contextOf(ports: readonly ServicePort[], given: Context): FastContext {
  const clusterIP = ports.flatMap(({ frontends }) => frontends).find(({ kind }) => kind === 'ClusterIP');
  return { ...given, masquerade: clusterIP?.masquerade ?? 'never' };
}

function filter(context: FastContext): SharedChains<Part> {
  const chains = filterChains(context);
  const rulesOf = (parts: readonly Part[]) => parts.flatMap(({ filter }) => filter);
  return { ...chains, replace: (before, after) => chains.replace(rulesOf(before), rulesOf(after)) };
}

/** `own` are the chains that ServicePorts have to themselves. */
function tablesOf(shared: Shared, own: readonly Chain[], context: FastContext): readonly Table[] {
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
function services(context: FastContext): SharedChains<Part> {
  const trees = { family: context.node.family, ips: 'IP', ports: '' };
  const [toAddresses, toPorts, keys] = [byAddress(trees), byPort(trees), newKeys(context)];
  const first = marking(context, 'tcp');
  const claimsOf = (parts: readonly Part[]) => parts.flatMap(({ claims }) => claims);
  return {
    replace: (before, after) => {
      const [out, come] = keys.replace(claimsOf(before), claimsOf(after));
      toAddresses.replace(out, come);
      toPorts.replace(out, come);
    },
    now: () => {
      const [addresses, nodePorts] = [toAddresses.now(), toPorts.now()];
      const last = nodePorts.rules.length > 0 ? jumpToNodePorts(context, FAST_CHAIN.nodePorts) : [];
      return [
        { name: CHAIN.services, rules: () => entrance(context) },
        { name: FAST_CHAIN.services, rules: () => [...addresses.rules, ...last] },
        ...(last.length > 0 ? [{ name: FAST_CHAIN.nodePorts, rules: () => [...first, ...nodePorts.rules] }] : []),
        ...addresses.chains,
        ...nodePorts.chains,
        ...keys.chains(),
      ];
    },
  };
}
