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
import { type Pair, replaced } from '../../shared/kept-list.js';
import { MARK_MASQUERADE, markMasquerade } from '../../shared/masquerade.js';
import { CHAIN, FAST_CHAIN } from '../names.js';
import { JUMPS, jumpToNodePorts } from './base.js';
import type { Context } from './context.js';
import { byAddress, byPort } from './fast/dispatch.js';
import { filterChains } from './fast/filter.js';
import { hairpin } from './fast/hairpin.js';
import { type Keys, newKeys } from './fast/keys.js';
import { entrance, marking, postrouting } from './fast/mark.js';
import { isOther, type Kind, type Part, partOf } from './fast/part.js';
import { type Claim, type FastContext, lowerFast } from './fast/service-port.js';
import type { KeptLayout } from './layout.js';

/** Both tables, with the ServicePorts in the order given. */
export function layoutFast(ports: readonly ServicePort[], given: Context): readonly Table[] {
  const context = contextOf(ports, given);
  const parts = ports.map((port) => partOf(port, context));
  return tablesOf(sharedChains(parts, context).now(), ports, context);
}

/** The same, kept: what each ServicePort has in the chains that all share, and these. */
export function keepFast(all: readonly ServicePort[], given: Context): KeptLayout {
  const context = contextOf(all, given);
  let parts: readonly Part[] = all.map((port) => partOf(port, context));
  const shared = sharedChains(parts, context);
  return {
    replace: (before, after) => {
      const now = after.map((port) => partOf(port, context));
      const { list, pairs } = replaced(parts, before, now);
      // Without ServicePorts it is not known which traffic is masqueraded.
      const isAlike = parts.length > 0 === list.length > 0;
      parts = list;
      shared.replace(pairs, parts);
      return isAlike;
    },
    arrange: (ports) => tablesOf(shared.now(), ports, context),
  };
}

/** Which traffic is masqueraded is the same for all cluster IPs. */
function contextOf(ports: readonly ServicePort[], given: Context): FastContext {
  const clusterIP = ports.flatMap(({ frontends }) => frontends).find(({ kind }) => kind === 'ClusterIP');
  return { ...given, masquerade: clusterIP?.masquerade ?? 'never' };
}

/** The chains that no ServicePort has to itself, by kind. */
type Shared = Readonly<Record<Kind, readonly Chain[]>>;

interface SharedChains {
  now(): Shared;
  /** Makes again what the pairs change. */
  replace(pairs: readonly Pair<Part>[], parts: readonly Part[]): void;
}

function sharedChains(all: readonly Part[], context: FastContext): SharedChains {
  const keys = newKeys(context);
  keys.replace(
    [],
    all.flatMap(({ claims }) => claims),
  );
  const [toServices, toFilter] = [services(keys, context), filterChains(context)];
  const make: Readonly<Record<Kind, (parts: readonly Part[]) => readonly Chain[]>> = {
    services: (parts) => toServices(parts.flatMap(({ claims }) => claims)),
    filter: (parts) => toFilter(parts.flatMap(({ filter }) => filter)),
    hairpins: (parts) => hairpins(parts, context),
  };
  let shared: Shared = { services: make.services(all), filter: make.filter(all), hairpins: make.hairpins(all) };
  return {
    now: () => shared,
    replace: (pairs, parts) => {
      keys.replace(
        pairs.flatMap(([was]) => was?.claims ?? []),
        pairs.flatMap(([, is]) => is?.claims ?? []),
      );
      const again = (kind: Kind) => (isOther(kind, pairs) ? make[kind](parts) : shared[kind]);
      shared = { services: again('services'), filter: again('filter'), hairpins: again('hairpins') };
    },
  };
}

function hairpins(parts: readonly Part[], context: FastContext): readonly Chain[] {
  const { rules, chains } = hairpin(
    parts.flatMap(({ local }) => local),
    context,
  );
  return [{ name: FAST_CHAIN.hairpin, rules: () => rules }, ...chains];
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

/** The way from the entrance to the chains of ServicePorts, for the claims that are given each time. */
function services(keys: Keys, context: FastContext): (claims: readonly Claim[]) => readonly Chain[] {
  const trees = { family: context.node.family, ips: 'IP', ports: '' };
  const [toAddresses, toPorts] = [byAddress(trees), byPort(trees)];
  return (claims) => {
    const { placed, chains } = keys.of(claims);
    const atPorts = placed.filter(({ at }) => at !== 'ip');
    const [addresses, nodePorts] = [toAddresses(placed), toPorts(atPorts)];
    const last = atPorts.length > 0 ? jumpToNodePorts(context, FAST_CHAIN.nodePorts) : [];
    const first = marking(context, 'tcp');
    return [
      { name: CHAIN.services, rules: () => entrance(context) },
      { name: FAST_CHAIN.services, rules: () => [...addresses.rules, ...last] },
      ...(last.length > 0 ? [{ name: FAST_CHAIN.nodePorts, rules: () => [...first, ...nodePorts.rules] }] : []),
      ...addresses.chains,
      ...nodePorts.chains,
      ...chains,
    ];
  };
}
