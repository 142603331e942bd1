/**
 * What is ours on a node: what vipc programs in any mode, and what any version of kube-proxy left. It is the union over
 * the modes; everything else is foreign and is never touched.
 */
import { type Cidr, contains, parseIp } from '../ip.js';
import { referencedSets } from '../tools/iptables/diff.js';
import type { Ownership } from '../tools/iptables/ownership.js';
import { BUILT_IN_CHAINS, type Match, type Rule, type RuleSet, type TableName } from '../tools/iptables/types.js';
import type { ObservedState, Ours } from '../tools/tools.js';
import type { ModeOurs } from './backend.js';
import { isServiceChain, isTreeChain, PROXY_CANARY } from './chain-names.js';
import { BACKENDS } from './index.js';
import { besideKubelet, hasKubelet, isFirewall, lacksFirewall, targetOf } from './kubelet.js';
import { sections } from './nftables/sections.js';

const MODES: readonly ModeOurs[] = BACKENDS.map(({ ours }) => ours);

/** The device of virtual IPs. */
export const DEVICE = MODES.find(({ device }) => device !== undefined)?.device ?? '';

/** Exceptions: what must stay although it is ours. */
export interface Keep {
  /** Virtual servers with these addresses stay. */
  readonly excludeCIDRs: readonly Cidr[];
}

/** What is ours on a node, for each tool. */
export function oursIn(observed: ObservedState, { excludeCIDRs }: Keep = { excludeCIDRs: [] }): Ours {
  const servers = MODES.flatMap((mode) => mode.servers?.(observed) ?? []);
  let referenced: ReadonlySet<string> | undefined;
  return {
    iptables: { ownershipIn, isServiceChain, isShared: isFirewall, beside: besideKubelet, lacks: lacksFirewall },
    ipset: {
      isOurs: isOurSet,
      isReferenced: (name) => {
        referenced ??= new Set((observed.iptables ?? []).flatMap((there) => referencedSets(there, ownershipIn(there))));
        return referenced.has(name);
      },
    },
    ipvs: (server) => servers.some((isOurs) => isOurs(server)) && !isExcluded(server.address, excludeCIDRs),
    addresses: { device: DEVICE },
    sysctl: undefined,
    nft: {
      isTable: (table) => MODES.some(({ isTable }) => isTable?.(table)),
      isOwn: (table) => MODES.some(({ isOwnTable }) => isOwnTable?.(table)),
      sections,
    },
    relay: undefined,
  };
}

/** Whether a set is ours. */
function isOurSet(name: string): boolean {
  return MODES.some(({ isSet }) => isSet?.(name));
}

function isExcluded(address: string, cidrs: readonly Cidr[]): boolean {
  const ip = parseIp(address);
  return ip !== undefined && cidrs.some((cidr) => contains(cidr, ip));
}

const CHAINS: ReadonlySet<string> = new Set([...MODES.flatMap(({ chains = [] }) => chains), PROXY_CANARY]);

const TABLES: ReadonlySet<TableName> = new Set(['filter', 'nat']);

/** Our chains that built-in chains jump to. */
const ENTRANCES: ReadonlySet<string> = new Set(MODES.flatMap(({ jumps = [] }) => jumps.map(targetOf)));

/** Those of them that get only packets to this node. */
const ENTRANCES_TO_NODE: ReadonlySet<string> = new Set(
  MODES.flatMap(({ jumps = [] }) => jumps.filter(({ matches }) => matches.some(isToNode)).map(targetOf)),
);

/** What is ours among the iptables rules of a node. */
export function ownershipIn(observed: RuleSet): Ownership {
  const kubelet = hasKubelet(observed);
  const chain = (table: TableName, name: string) =>
    (CHAINS.has(name) || isServiceChain(name) || isTreeChain(name)) &&
    !(kubelet && isFirewall(table, name)) &&
    (TABLES.has(table) || name === PROXY_CANARY);
  return {
    chain,
    rule: (table, name, rule) =>
      BUILT_IN_CHAINS[table].includes(name) && isEntrance(rule) && chain(table, targetOf(rule)),
  };
}

/** Whether a rule is a jump as kube-proxy writes it: for all packets, those of new connections, or those to this node. */
function isEntrance(rule: Rule): boolean {
  return (
    rule.target?.kind === 'jump' &&
    ENTRANCES.has(targetOf(rule)) &&
    Object.keys(rule.header).length === 0 &&
    rule.matches.every((match) => isCommentOrNew(match) || (isToNode(match) && ENTRANCES_TO_NODE.has(targetOf(rule))))
  );
}

function isToNode(match: Match): boolean {
  return match.kind === 'addrtype' && match.side === 'destination' && !match.type.not;
}

function isCommentOrNew(match: Match): boolean {
  return (
    match.kind === 'comment' || (match.kind === 'conntrack' && !match.states.not && match.states.value.join() === 'NEW')
  );
}
