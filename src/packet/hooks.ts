/**
 * hooks: the order in which a packet passes the tables of a hook (linux/netfilter_ipv4.h, enum nf_ip_hook_priorities;
 * the same for IPv6), and where IPVS takes it (net/netfilter/ipvs/ip_vs_core.c, ip_vs_ops4).
 *
 *     in by an interface ─ PREROUTING ─ routing ─┬─ INPUT ─ this node
 *                                                └─ FORWARD ─┐
 *     this node ─ OUTPUT ─ routing ──────────────────────────┴─ POSTROUTING ─ out
 */
import type { TableName } from '../tools/iptables/types.js';

export type Hook = 'PREROUTING' | 'INPUT' | 'FORWARD' | 'OUTPUT' | 'POSTROUTING';

/** A table of iptables, or IPVS. */
export type Asked = TableName | 'ipvs';

/** By priority: raw -300, mangle -150, nat for destinations -100, filter 0, security 50, nat for sources 100. */
export const HOOKS: Readonly<Record<Hook, readonly Asked[]>> = {
  PREROUTING: ['raw', 'mangle', 'nat'],
  // IPVS at 99, before nat.
  INPUT: ['mangle', 'filter', 'security', 'ipvs', 'nat'],
  FORWARD: ['mangle', 'filter', 'security'],
  // IPVS at -98, after nat.
  OUTPUT: ['raw', 'mangle', 'nat', 'ipvs', 'filter', 'security'],
  POSTROUTING: ['mangle', 'nat'],
};

/** Where nat changes the destination of a connection; elsewhere it changes the source. */
export const DESTINATION_HOOKS: ReadonlySet<Hook> = new Set<Hook>(['PREROUTING', 'OUTPUT']);
