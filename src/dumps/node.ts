/**
 * node: the parsed output of a node's tools → the input of the evaluator, and the parts that it leaves out.
 */
import type { Checked, Diagnostic } from '../diag.js';
import { contains, FAMILIES, type Family, parseCidr, parseIp } from '../ip.js';
import type { NodeRules } from '../packet/node.js';
import type { Link, LinkAddress } from '../tools/addresses/types.js';
import type { Variant } from '../tools/detected.js';
import type { SavedSets } from '../tools/ipset/parse.js';
import type { SavedRuleSet } from '../tools/iptables/parse.js';
import { type SavedIpvs, serviceOf } from '../tools/ipvs/parse.js';
import type { OtherServer } from '../tools/ipvs/types.js';
import { NFT_FAMILY, sees, type Table } from '../tools/nft/types.js';
import type { Listener } from '../tools/relay/types.js';
import type { ObservedState } from '../tools/tools.js';
import { withNftOwners } from './nft-owners.js';
import { withOwners } from './owners.js';

/** A node as its dumps or its tools describe it. */
export interface ReadNode {
  readonly rules: NodeRules;
  /** Global addresses of its interfaces other than lo and dummies; empty if the interfaces are not known. */
  readonly addresses: readonly string[];
  /** Whether the addresses of its interfaces are known. */
  readonly isAddressed: boolean;
  /** All addresses of its interfaces other than dummies, which have the virtual IPs. */
  readonly own: readonly string[];
  /** The source of packets that the node sends to one of its addresses, for each address of known interfaces. */
  readonly sources: ReadonlyMap<string, string>;
  /** Parts that vipc verify does not get: virtual servers by firewall mark, hidden tables, the other variant's rules. */
  readonly unread: readonly string[];
}

export interface NodeParts {
  readonly ruleSets: readonly SavedRuleSet[];
  /** Tables of nftables; absent if they were not read. */
  readonly nftTables?: readonly Table[];
  /** The rules of the other variant of iptables. */
  readonly beside?: { readonly variant: Variant; readonly ruleSets: readonly SavedRuleSet[] };
  readonly sets: SavedSets;
  readonly ipvs: Pick<SavedIpvs, 'virtualServers' | 'others'>;
  /** Of the relay; absent if they were not read. */
  readonly listeners?: readonly Listener[];
  /** All interfaces; undefined if they are not known. */
  readonly links: readonly Link[] | undefined;
  /** Addresses that were read without their interface, such as those of kube-ipvs0. */
  readonly bound: readonly string[];
}

export function nodeOf({
  ruleSets,
  beside,
  nftTables = [],
  sets,
  ipvs,
  listeners = [],
  links,
  bound,
}: NodeParts): Checked<ReadNode> {
  // IPVS takes packets in INPUT, so kube-proxy binds the address of each virtual server to the dummy kube-ipvs0.
  const virtual =
    links || bound.length > 0
      ? []
      : [
          ...ipvs.virtualServers.map(({ address }) => address),
          ...ipvs.others.flatMap(({ line }) => serviceOf(line)?.address ?? []),
        ];
  const [devices, dummies] = [(links ?? []).filter(isDevice), (links ?? []).filter((link) => !isDevice(link))];
  const own = ipsOf(devices);
  const rules: NodeRules = {
    ruleSets: ruleSets.map(withOwners),
    ...(beside?.ruleSets.some(hasRules) && { beside: { ...beside, ruleSets: beside.ruleSets.map(withOwners) } }),
    sets: sets.sets,
    otherSets: sets.others,
    virtualServers: ipvs.virtualServers,
    otherServers: ipvs.others,
    listeners,
    nftTables: nftTables.filter((table) => !isSaved(table, ruleSets)).map(withNftOwners),
    addresses: new Set([...own, ...ipsOf(dummies), ...bound, ...virtual].map((text) => parseIp(text)?.text ?? text)),
  };
  const addresses = devices
    .filter(({ name }) => name !== 'lo')
    .flatMap((link) => link.addresses.filter(({ scope }) => scope === 'global').map(({ ip }) => ip));
  const tables = ruleSets.flatMap(({ family, hidden = [] }) => hidden.map((table) => `table ${table} of ${family}`));
  const unread = [...ipvs.others.map(textOf), ...tables, ...(beside ? linesOf(beside) : [])];
  const value = { rules, addresses, isAddressed: links !== undefined, own, sources: sourcesOf(links ?? []), unread };
  return { value, diagnostics: [...ruleSets.flatMap(hiddenTables), ...otherServers(ipvs.others)] };
}

function hasRules({ tables }: SavedRuleSet): boolean {
  return tables.some(({ chains }) => chains.some(({ policy, lines }) => policy === 'DROP' || lines.length > 0));
}

/** Whether iptables-save has the table: iptables-nft keeps its rules in tables of nftables with the names of iptables. */
function isSaved({ family, name }: Table, ruleSets: readonly SavedRuleSet[]): boolean {
  return ruleSets.some(
    (each) => NFT_FAMILY[each.family] === family && each.tables.some((table) => table.name === name),
  );
}

/** The rules, each as text. */
function linesOf({ variant, ruleSets }: NonNullable<NodeParts['beside']>): readonly string[] {
  return ruleSets.flatMap(({ family, tables }) =>
    tables.flatMap(({ name, chains }) =>
      chains.flatMap(({ name: chain, policy, lines }) => {
        const all = [...(policy === 'DROP' ? [`-P ${chain} DROP`] : []), ...lines.map((line) => `-A ${chain}${line}`)];
        return all.map((line) => `iptables-${variant}, ${family}, table ${name}: ${line}`);
      }),
    ),
  );
}

/** Whether the interface is not a dummy such as kube-ipvs0, which has the virtual IPs. */
function isDevice({ name, kind }: Link): boolean {
  return kind !== 'dummy' && name !== 'kube-ipvs0';
}

function ipsOf(links: readonly Link[]): readonly string[] {
  return links.flatMap((link) => link.addresses.map(({ ip }) => ip));
}

/** fib_add_ifaddr: the local route to a secondary IPv4 address has the primary address of its network as source. */
function sourcesOf(links: readonly Link[]): ReadonlyMap<string, string> {
  return new Map(
    links.flatMap(({ addresses }) =>
      addresses.map((each) => [each.ip, (isSecondary(each) && primaryOf(each, addresses)?.ip) || each.ip] as const),
    ),
  );
}

/** For IPv6 the flag means a temporary address (IFA_F_TEMPORARY), which is its own source. */
function isSecondary({ family, isSecondary }: LinkAddress): boolean {
  return family === 'ipv4' && isSecondary === true;
}

function primaryOf({ ip, prefix }: LinkAddress, addresses: readonly LinkAddress[]): LinkAddress | undefined {
  const network = parseCidr(`${ip}/${prefix}`);
  return addresses.find((each) => {
    const other = isSecondary(each) || each.prefix !== prefix ? undefined : parseIp(each.ip);
    return network && other?.family === network.family && contains(network, other);
  });
}

/** The rules with virtual IPs as the only addresses: vipc verify compares two nodes with the addresses of both. */
export function withoutOwn({ rules: { beside: _, ...rules }, own }: ReadNode): NodeRules {
  const addresses = new Set(rules.addresses);
  for (const each of own) addresses.delete(each);
  return { ...rules, addresses };
}

/** The families that a node has rules of. */
export function familiesOf({ ruleSets, nftTables = [] }: NodeRules): readonly Family[] {
  const has = (family: Family) =>
    ruleSets.some((each) => each.family === family) || nftTables.some((table) => sees(table, family));
  return FAMILIES.filter(has);
}

/** A warning where dumps have no rules of the family: what they do to its packets is not known then. */
export function missingRules(rules: NodeRules, family: Family): readonly Diagnostic[] {
  if (familiesOf(rules).includes(family)) return [];
  const [version, tables] = family === 'ipv4' ? ['IPv4', 'ip'] : ['IPv6', 'ip6'];
  const message = `no dump has rules of ${version}: whether they masquerade, drop or refuse the packet is not known`;
  const hint = `give what ${nameOf(family)}-save prints with --rules, or nft list ruleset with its tables of ${tables} or inet`;
  return [{ code: 'missing-rules', severity: 'warning', message, hint }];
}

/** The node of a state that was read from its tools. */
export function observedNode(
  { iptables = [], ipset, ipvs, nft = [], relay = [], addresses }: ObservedState,
  others: Pick<NodeParts, 'beside' | 'nftTables'> = {},
): Checked<ReadNode> {
  return nodeOf({
    ruleSets: iptables,
    nftTables: nft,
    ...others,
    sets: ipset ?? { sets: [], others: [] },
    ipvs: ipvs?.saved ?? { virtualServers: [], others: [] },
    listeners: relay,
    links: addresses,
    bound: [],
  });
}

function hiddenTables({ family, hidden = [] }: SavedRuleSet): readonly Diagnostic[] {
  return hidden.map((table) => ({
    code: 'hidden-table',
    severity: 'warning',
    message: `table ${table} of ${nameOf(family)} has rules that iptables-save cannot print, so what they do is not known`,
    hint: `see them with: nft list table ${family === 'ipv4' ? 'ip' : 'ip6'} ${table}`,
  }));
}

function nameOf(family: Family): string {
  return family === 'ipv4' ? 'iptables' : 'ip6tables';
}

/** The virtual server with its real servers, whose order has no meaning. */
function textOf({ line, realServers }: OtherServer): string {
  return [line, ...[...realServers].sort()].join('; ');
}

function otherServers([first, ...others]: readonly OtherServer[]): readonly Diagnostic[] {
  if (first === undefined) return [];
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  const message = `a virtual server is of a kind that kube-proxy does not make, so what it does is not known: ${first.line}${more}`;
  return [{ code: 'other-virtual-server', severity: 'warning', message }];
}
