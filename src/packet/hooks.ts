/**
 * hooks: the order in which rules see a packet at a hook (linux/netfilter_ipv4.h, enum nf_ip_hook_priorities; the same
 * for IPv6), and where IPVS takes it (net/netfilter/ipvs/ip_vs_core.c, ip_vs_ops4).
 *
 *     in by an interface ─ PREROUTING ─ routing ─┬─ INPUT ─ this node
 *                                                └─ FORWARD ─┐
 *     this node ─ OUTPUT ─ routing ──────────────────────────┴─ POSTROUTING ─ out
 */
import type { TableName } from '../tools/iptables/types.js';

export type Hook = 'PREROUTING' | 'INPUT' | 'FORWARD' | 'OUTPUT' | 'POSTROUTING';

/** A table of iptables, or IPVS. */
export type Asked = TableName | 'ipvs';

/** Lower ones come first. `nat` is where the kernel calls all chains that translate, in the order of their own. */
export type Priorities = Readonly<Partial<Record<Asked, number>>>;

const MANGLE = -150;
const FILTER = { filter: 0, security: 50 };
const DESTINATIONS = -100;
const SOURCES = 100;

export const PRIORITIES: Readonly<Record<Hook, Priorities>> = {
  PREROUTING: { raw: -300, mangle: MANGLE, nat: DESTINATIONS },
  INPUT: { mangle: MANGLE, ...FILTER, ipvs: 99, nat: SOURCES },
  FORWARD: { mangle: MANGLE, ...FILTER },
  OUTPUT: { raw: -300, mangle: MANGLE, nat: DESTINATIONS, ipvs: -98, ...FILTER },
  POSTROUTING: { mangle: MANGLE, nat: SOURCES },
};

/** Where nat changes the destination of a connection; elsewhere it changes the source. */
export const DESTINATION_HOOKS: ReadonlySet<Hook> = new Set<Hook>(['PREROUTING', 'OUTPUT']);
