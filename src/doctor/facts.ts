/**
 * doctor: facts about a node, as data. cli/doctor-facts.ts collects them; examine.ts judges them. A fact that could not
 * be collected is absent, and `unseen` says why.
 */
import type { Family } from '../ip.js';

export interface Facts {
  readonly mode: string;
  readonly tools: readonly ToolFact[];
  readonly unseen: readonly Unseen[];
  /** Values by name, such as `net.ipv4.ip_forward`; absent when the kernel does not have the parameter. */
  readonly sysctls: Readonly<Record<string, string>>;
  readonly processes: readonly Process[];
  /** TCP ports in state LISTEN. */
  readonly listening: readonly number[];
  readonly interfaces: readonly Interface[];
  readonly rules?: readonly RulesFact[];
  /** The variant of iptables that the node uses. */
  readonly variant?: string;
  /** The result of a trial of vipc's matches and targets: those that the kernel lacks, or why iptables refuses them. */
  readonly extensions?: { readonly missing: readonly string[]; readonly refused?: string };
  /** As `uname -r` has it; for mode nftables. */
  readonly kernel?: string;
  /** What of NFT_TRIALS could not be loaded, for mode nftables; `crash` if nft crashed. */
  readonly nftTrial?: { readonly missing: readonly string[]; readonly crash?: string };
  /** Tables that nft lists, such as `ip kube-proxy`; absent when nft is not installed. */
  readonly nftTables?: readonly string[];
  /** Base chains with policy drop in tables that iptables-nft did not create, such as `inet fw forward`. */
  readonly nftDrops: readonly { readonly chain: string; readonly hook: string }[];
  readonly ipvs: Ipvs;
  readonly lock?: { readonly path: string; readonly held: boolean; readonly pid?: number };
}

export interface ToolFact {
  readonly name: string;
  readonly package: string;
  readonly installed: boolean;
  /** The mode needs it. */
  readonly required: boolean;
  readonly version?: string;
}

export interface Unseen {
  readonly what: string;
  readonly why: string;
}

export interface Process {
  readonly pid: number;
  readonly name: 'kube-proxy' | 'vipc';
}

export interface Interface {
  readonly name: string;
  /** `bridge`, `dummy` …; absent for most. */
  readonly kind?: string;
  /** Families of its addresses with global scope. */
  readonly families: readonly Family[];
  /** Its own net.ipv4.conf.NAME.rp_filter. */
  readonly rpFilter?: string;
}

/** The iptables rules of one variant and family. */
export interface RulesFact {
  readonly variant: string;
  readonly family: Family;
  /** The number of chains of kube-proxy or vipc. */
  readonly ours: number;
  /** The TCP ports to which rules of userspace mode lead; absent without any. */
  readonly relayed?: readonly number[];
  /** Built-in chains with policy DROP; `others` is the number of their foreign rules that accept packets. */
  readonly drops: readonly { readonly table: string; readonly chain: string; readonly others: number }[];
}

export interface Ipvs {
  /** The kernel has IPVS built in or as a module. */
  readonly available: boolean;
  readonly device: boolean;
  readonly servers: number;
}
