/**
 * node: what tools say of a node → what the evaluator is given, and what it cannot know.
 */
import type { Checked, Diagnostic } from '../diag.js';
import { type Family, parseIp } from '../ip.js';
import type { NodeRules } from '../packet/node.js';
import type { Link } from '../tools/addresses/types.js';
import type { SavedSets } from '../tools/ipset/parse.js';
import type { SavedRuleSet } from '../tools/iptables/parse.js';
import type { SavedIpvs } from '../tools/ipvs/parse.js';
import type { ObservedState } from '../tools/tools.js';
import { withOwners } from './owners.js';

/** A node that was read. */
export interface ReadNode {
  readonly rules: NodeRules;
  /** Its own addresses that others know it by, the best first; none when nothing says them. */
  readonly addresses: readonly string[];
  /** Whether all addresses of its interfaces are known. */
  readonly isAddressed: boolean;
  /** All addresses but virtual IPs. */
  readonly own: readonly string[];
  /** What it has, but not the evaluator: virtual servers by firewall mark, tables that iptables cannot print. */
  readonly unread: readonly string[];
}

export interface NodeParts {
  readonly ruleSets: readonly SavedRuleSet[];
  readonly sets: SavedSets;
  readonly ipvs: Pick<SavedIpvs, 'virtualServers' | 'others'>;
  /** All devices; absent when nothing says them. */
  readonly links: readonly Link[] | undefined;
  /** Addresses of some devices, such as the dummy device. */
  readonly bound: readonly string[];
}

/** The node that parts make. */
export function nodeOf({ ruleSets, sets, ipvs, links, bound }: NodeParts): Checked<ReadNode> {
  // kube-proxy puts the address of each virtual server on a dummy device, or IPVS would see no packet for it.
  const virtual = links || bound.length > 0 ? [] : ipvs.virtualServers.map(({ address }) => address);
  const [devices, dummies] = [(links ?? []).filter(isDevice), (links ?? []).filter((link) => !isDevice(link))];
  const own = ipsOf(devices);
  const rules: NodeRules = {
    ruleSets: ruleSets.map(withOwners),
    sets: sets.sets,
    otherSets: sets.others,
    virtualServers: ipvs.virtualServers,
    addresses: new Set([...own, ...ipsOf(dummies), ...bound, ...virtual].map((text) => parseIp(text)?.text ?? text)),
  };
  const addresses = devices
    .filter(({ name }) => name !== 'lo')
    .flatMap((link) => link.addresses.filter(({ scope }) => scope === 'global').map(({ ip }) => ip));
  const tables = ruleSets.flatMap(({ family, hidden = [] }) => hidden.map((table) => `table ${table} of ${family}`));
  const unread = [...ipvs.others, ...tables];
  const value = { rules, addresses, isAddressed: links !== undefined, own, unread };
  return { value, diagnostics: [...ruleSets.flatMap(hiddenTables), ...otherServers(ipvs.others)] };
}

/** Not the dummy device, which has virtual IPs. */
function isDevice({ name, kind }: Link): boolean {
  return kind !== 'dummy' && name !== 'kube-ipvs0';
}

function ipsOf(links: readonly Link[]): readonly string[] {
  return links.flatMap((link) => link.addresses.map(({ ip }) => ip));
}

/** The rules of a node with no address but virtual IPs: to be compared on a node that has the addresses of two. */
export function withoutOwn({ rules, own }: ReadNode): NodeRules {
  const addresses = new Set(rules.addresses);
  for (const each of own) addresses.delete(each);
  return { ...rules, addresses };
}

/** The node as its tools were asked. */
export function observedNode({ iptables = [], ipset, ipvs, addresses }: ObservedState): Checked<ReadNode> {
  return nodeOf({
    ruleSets: iptables,
    sets: ipset ?? { sets: [], others: [] },
    ipvs: ipvs?.saved ?? { virtualServers: [], others: [] },
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

function otherServers(others: readonly string[]): readonly Diagnostic[] {
  const [first] = others;
  if (first === undefined) return [];
  const message = `${others.length} virtual servers are of a kind that kube-proxy does not make, and are left out: ${first}`;
  return [{ code: 'other-virtual-server', severity: 'warning', message }];
}
