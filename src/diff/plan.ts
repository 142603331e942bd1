/**
 * diff: Live × Program → Plan: what differs, and what to feed each tool, in which order. An empty plan means in sync.
 *
 * The order is such that no packet meets a half-built path. What is new is there before anything leads to it, and what is
 * old goes when nothing does any more:
 *
 *     ipset     new sets and members
 *     ip        the device
 *     iptables  new rules, beside the old ones where those are still needed
 *     sysctl
 *     ipvsadm   new virtual and real servers
 *     ip        new virtual IPs, then without the old ones
 *     ipvsadm   without the old servers
 *     iptables  without the old rules
 *     ipset     without the old members and sets
 *     nft       without the tables of nftables mode, which serve all by themselves until then
 */
import type { FamilyProgram, Program } from '../backends/backend.js';
import { besideKubelet, DEVICE, isOurSet, isOurTable, ourServers, ownershipIn } from '../backends/ours.js';
import { type Cidr, contains, parseIp } from '../ip.js';
import { joined, type Line, type Text } from '../text.js';
import * as addresses from '../tools/addresses/diff.js';
import * as ipset from '../tools/ipset/diff.js';
import { diff as diffRules, type RuleSetDiff, setsOfOthers } from '../tools/iptables/diff.js';
import { type Phase, script } from '../tools/iptables/script.js';
import type { RuleSet } from '../tools/iptables/types.js';
import * as ipvs from '../tools/ipvs/diff.js';
import { type NftTable, printDeletions } from '../tools/nft/tables.js';
import { print as printSysctls, type Sysctls } from '../tools/sysctl.js';
import type { Live } from './live.js';

/** What differs, in the words of each tool. */
export interface Differences {
  readonly rules: readonly RuleSetDiff[];
  readonly sets: readonly ipset.SetDiff[];
  readonly ipvs: ipvs.IpvsDiff;
  readonly addresses: addresses.AddressesDiff | undefined;
  /** Those that differ, as they should be. */
  readonly sysctls: Sysctls;
  /** Of kube-proxy's nftables mode, to go. */
  readonly tables: readonly NftTable[];
}

export type Tool = 'ipset' | 'ip' | 'iptables' | 'ip6tables' | 'sysctl' | 'ipvsadm' | 'nft';

/** One run of a tool that reads what to do from its standard input. */
export interface Step {
  readonly tool: Tool;
  readonly input: readonly Line[];
}

export interface Plan {
  readonly differences: Differences;
  readonly steps: readonly Step[];
}

export interface PlanOptions {
  /** Virtual servers there stay, though nobody wants them. */
  readonly excludeCIDRs: readonly Cidr[];
  readonly chainsPerCommit: number;
}

/** Nothing of ours. */
export const NOTHING: Program = { families: [], sysctls: {} };

/** How to get from `live` to `wanted`. */
export function plan(live: Live, wanted: Program, options: PlanOptions): Plan {
  const differences = compare(live, wanted, options);
  return { differences, steps: stepsOf(differences, wanted, options) };
}

function compare(live: Live, wanted: Program, { excludeCIDRs }: PlanOptions): Differences {
  const { families, device, timeouts, sysctls } = wanted;
  const all = <T>(part: (family: FamilyProgram) => readonly T[]): readonly T[] => families.flatMap(part);
  const ours = ourServers(live.links, live.sets);
  let held: ReadonlySet<string> | undefined;
  const isHeld = (name: string): boolean => {
    held ??= new Set(live.ruleSets.flatMap((there) => setsOfOthers(there, ownershipIn(there))));
    return held.has(name);
  };
  return {
    rules: live.ruleSets.map((there) => diffRules(there, ruleSetIn(wanted, there), ownershipIn(there))),
    sets: ipset.diff(
      live.sets,
      all(({ sets }) => sets),
      { ours: isOurSet, held: isHeld },
    ),
    ipvs: ipvs.diff(
      live.ipvs,
      { virtualServers: all(({ virtualServers }) => virtualServers), ...(timeouts ? { timeouts } : {}) },
      (server) => ours(server) && !isExcluded(server.address, excludeCIDRs),
    ),
    addresses: addresses.diff(live.links, DEVICE, device === undefined ? undefined : all((family) => family.addresses)),
    sysctls: Object.fromEntries(Object.entries(sysctls).filter(([name, value]) => live.sysctls[name] !== value)),
    tables: (live.tables ?? []).filter(isOurTable),
  };
}

function ruleSetIn({ families }: Program, live: RuleSet): RuleSet {
  const { family } = live;
  const wanted = families.find(({ about }) => about.family === family)?.ruleSet ?? { family, tables: [] };
  return besideKubelet(live, wanted);
}

function isExcluded(address: string, cidrs: readonly Cidr[]): boolean {
  const ip = parseIp(address);
  return ip !== undefined && cidrs.some((cidr) => contains(cidr, ip));
}

function stepsOf(differences: Differences, { device }: Program, { chainsPerCommit }: PlanOptions): readonly Step[] {
  const { sets, addresses: bound, sysctls, tables } = differences;
  // DNAT wins over IPVS while there are rules of both modes, on the way from one to the other: it is complete by itself.
  const how = { chainsPerCommit, growing: device === undefined ? 'new-first' : 'old-first' } as const;
  const rules = (parts: readonly [table: string, phase: Phase][]) =>
    differences.rules.map(({ family, tables }): Step => {
      const find = (name: string) => tables.filter((table) => table.name === name);
      const texts = parts.flatMap(([name, phase]) => find(name).map((table) => script(table, phase, how)));
      return step(family === 'ipv4' ? 'iptables' : 'ip6tables', joined(texts));
    });
  const servers = [
    step('ipvsadm', ipvs.grow(differences.ipvs)),
    step('ip', bound ? [...addresses.grow(bound), ...addresses.shrink(bound)] : []),
    step('ipvsadm', ipvs.shrink(differences.ipvs)),
  ].filter(isNotEmpty);
  const [first, then] = servers.length > 0 ? [GROW, SETTLE] : [AT_ONCE, []];
  return [
    step('ipset', ipset.grow(sets)),
    step('ip', bound ? addresses.make(bound) : []),
    ...rules(first),
    step('sysctl', printSysctls(sysctls)),
    ...servers,
    ...rules(then),
    step('ipset', ipset.shrink(sets)),
    step('nft', printDeletions(tables)),
  ].filter(isNotEmpty);
}

/**
 * Without anything between the two halves they are one input: what nat does not yet serve, or no longer, filter refuses
 * until nat is done, which goes from one state to the other in one commit. mangle holds only what kube-proxy left.
 */
const AT_ONCE: readonly [string, Phase][] = [
  ['filter', 'grow'],
  ['nat', 'whole'],
  ['filter', 'settle'],
  ['mangle', 'whole'],
];
const GROW: readonly [string, Phase][] = [
  ['filter', 'grow'],
  ['nat', 'grow'],
];
const SETTLE: readonly [string, Phase][] = [
  ['nat', 'settle'],
  ['filter', 'settle'],
  ['mangle', 'whole'],
];

function step(tool: Tool, text: Text): Step {
  return { tool, input: [...text] };
}

function isNotEmpty({ input }: Step): boolean {
  return input.length > 0;
}
