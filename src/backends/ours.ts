/**
 * What on a node is ours: what vipc programs in any mode, and what any version of kube-proxy left. Everything else is
 * somebody else's and is never touched.
 */
import type { Link } from '../tools/addresses/types.js';
import type { SavedSets } from '../tools/ipset/parse.js';
import type { Ownership } from '../tools/iptables/diff.js';
import { printRule } from '../tools/iptables/print.js';
import {
  BUILT_IN_CHAINS,
  type Chain,
  type Match,
  type Rule,
  type RuleSet,
  type TableName,
} from '../tools/iptables/types.js';
import type { Service } from '../tools/ipvs/types.js';
import type { NftTable } from '../tools/nft/tables.js';
import { JUMPS as IPTABLES_JUMPS } from './iptables/lower.js';
import { CHAIN as IPTABLES } from './iptables/names.js';
import { DEVICE } from './ipvs/context.js';
import { CHAIN as IPVS, JUMPS as IPVS_JUMPS } from './ipvs/rules.js';
import { NODE_PORT_SETS, type SetKey, setName } from './ipvs/sets.js';
import { MARK_MASQUERADE } from './shared/masquerade.js';

export { DEVICE } from './ipvs/context.js';

/** kube-proxy's flush detector. */
const CANARY = 'KUBE-PROXY-CANARY';

const CHAINS: ReadonlySet<string> = new Set([
  ...Object.values(IPTABLES),
  ...Object.values(IPVS),
  MARK_MASQUERADE,
  CANARY,
]);

/** Of one Service port or endpoint; XLB is what EXT was called before 1.25. */
const SERVICE_CHAIN = /^KUBE-(?:SVC|SVL|SEP|FW|EXT|XLB)-[A-Z2-7]{16}$/;

/** Chains of kubelet that show it has been here (KEP-3178). */
const KUBELET = /^KUBE-(?:KUBELET-CANARY|IPTABLES-HINT)$/;

/** What is ours of the rules of a node. */
export function ownershipIn(live: RuleSet): Ownership {
  const kubelet = hasKubelet(live);
  const chain = (table: TableName, name: string) =>
    (CHAINS.has(name) || SERVICE_CHAIN.test(name)) &&
    !(kubelet && isFirewall(table, name)) &&
    (TABLES.has(table) || name === CANARY);
  return {
    chain,
    rule: (table, name, rule) =>
      BUILT_IN_CHAINS[table].includes(name) && isEntrance(rule) && chain(table, targetOf(rule)),
  };
}

/**
 * `wanted` without what kubelet has: KUBE-FIREWALL and the jumps to it. It puts them there itself, every minute (k/k
 * pkg/kubelet/kubelet_network_linux.go), in the same words as kube-proxy: what we added we could not tell from its own.
 */
export function besideKubelet(live: RuleSet, wanted: RuleSet): RuleSet {
  if (!hasKubelet(live)) return wanted;
  const tables = wanted.tables.map((table) => {
    const kept = table.chains.filter(({ name }) => !isFirewall(table.name, name));
    return { ...table, chains: table.name === 'filter' ? kept.map(withoutJumps) : kept };
  });
  return { ...wanted, tables };
}

function withoutJumps(chain: Chain): Chain {
  if (!BUILT_IN_CHAINS.filter.includes(chain.name)) return chain;
  return { ...chain, rules: () => chain.rules().filter((rule) => targetOf(rule) !== IPTABLES.kubeletFirewall) };
}

/** Whether `wanted` relies on kubelet's protection of 127.0.0.0/8, and that is not there, or not yet. */
export function lacksFirewall(live: RuleSet, wanted: RuleSet): boolean {
  const rulesOf = ({ tables }: RuleSet, chain: string): readonly Rule[] =>
    tables
      .find(({ name }) => name === 'filter')
      ?.chains.find(({ name }) => name === chain)
      ?.rules() ?? [];
  const textsOf = (ruleSet: RuleSet) =>
    rulesOf(ruleSet, IPTABLES.kubeletFirewall).map((rule) => printRule(rule, live.family));
  const needed = textsOf(wanted);
  if (needed.length === 0 || !hasKubelet(live)) return false;
  const there = new Set(textsOf(live));
  const leads = (chain: string) => rulesOf(live, chain).some((rule) => targetOf(rule) === IPTABLES.kubeletFirewall);
  return needed.some((text) => !there.has(text)) || !leads('INPUT') || !leads('OUTPUT');
}

function isFirewall(table: TableName, name: string): boolean {
  return table === 'filter' && name === IPTABLES.kubeletFirewall;
}

/** Whether kubelet has been here. Before it had a canary (1.18) it is told by the rule that drops what it marked. */
function hasKubelet({ tables }: RuleSet): boolean {
  return tables.some(({ name: table, chains }) =>
    chains.some(({ name, rules }) => KUBELET.test(name) || (isFirewall(table, name) && rules().some(dropsMarked))),
  );
}

function dropsMarked({ target, matches }: Rule): boolean {
  return target?.kind === 'drop' && matches.some(({ kind }) => kind === 'mark');
}

const TABLES: ReadonlySet<TableName> = new Set(['filter', 'nat']);

/** Chains that built-in ones jump to, with us or kube-proxy. */
const ENTRANCES: ReadonlySet<string> = new Set(
  [IPTABLES_JUMPS, IPVS_JUMPS].flatMap((tables) =>
    Object.values(tables).flatMap((jumps: Readonly<Record<string, readonly Rule[]>>) =>
      Object.values(jumps).flatMap((rules) => rules.map(targetOf)),
    ),
  ),
);

/** Whether a rule is a jump as kube-proxy writes them: for all packets, or those of new connections. */
function isEntrance(rule: Rule): boolean {
  return (
    rule.target?.kind === 'jump' &&
    ENTRANCES.has(targetOf(rule)) &&
    Object.keys(rule.header).length === 0 &&
    rule.matches.every(isCommentOrNew)
  );
}

function isCommentOrNew(match: Match): boolean {
  return (
    match.kind === 'comment' || (match.kind === 'conntrack' && !match.states.not && match.states.value.join() === 'NEW')
  );
}

function targetOf({ target }: Rule): string {
  return target?.kind === 'jump' ? target.chain : '';
}

/** kube-proxy's tables in its nftables mode: one for each family, with all it has. */
export function isOurTable({ family, name }: NftTable): boolean {
  return name === 'kube-proxy' && (family === 'ip' || family === 'ip6');
}

/** Names of ipsets of kube-proxy's ipvs mode, of this and older versions, in both families. */
export function isOurSet(name: string): boolean {
  return OUR_SET.test(name);
}

const OUR_SET =
  /^KUBE-(?:6-)?(?:LOOP-BACK|CLUSTER-IP|EXTERNAL-IP|LOAD-BALANCER|NODE-PORT|HEALTH-CHECK-NODE-PORT|IPVS-IPS)(?:-|$)/;

/** Sets whose members are virtual servers, address and all. */
const ADDRESS_SETS: readonly SetKey[] = [
  'KUBE-CLUSTER-IP',
  'KUBE-EXTERNAL-IP',
  'KUBE-EXTERNAL-IP-LOCAL',
  'KUBE-LOAD-BALANCER',
  'KUBE-LOAD-BALANCER-LOCAL',
];

/**
 * Which virtual servers of a node are ours. IPVS keeps no names; but the address of ours is on our device, or our ipsets
 * have it as a member, which come before the virtual server and go after it.
 */
export function ourServers(links: readonly Link[], { sets }: SavedSets): (server: Service) => boolean {
  const bound = new Set(links.find(({ name }) => name === DEVICE)?.addresses.map(({ ip }) => ip));
  const members = (key: SetKey) =>
    (['ipv4', 'ipv6'] as const).flatMap(
      (family) => sets.find(({ name }) => name === setName(key, family))?.entries ?? [],
    );
  const served = new Set(ADDRESS_SETS.flatMap(members).map(({ ip, protocol, port }) => `${protocol} ${ip} ${port}`));
  const nodePorts = new Set(
    (['tcp', 'udp', 'sctp'] as const).flatMap((protocol) =>
      members(NODE_PORT_SETS[protocol].all).map(({ port }) => `${protocol} ${port}`),
    ),
  );
  const onNode = new Set(
    links.filter(({ name }) => name !== DEVICE).flatMap(({ addresses }) => addresses.map(({ ip }) => ip)),
  );
  return ({ address, port, protocol }) =>
    bound.has(address) ||
    served.has(`${protocol} ${address} ${port}`) ||
    (nodePorts.has(`${protocol} ${port}`) && onNode.has(address));
}
