/**
 * doctor: what is known of a node, as data. cli/doctor-facts.ts asks for it; examine.ts judges it. What could not be asked
 * is absent, and `unseen` says why.
 */
import type { Family } from '../ip.js';

export interface Facts {
  readonly mode: string;
  readonly tools: readonly ToolFact[];
  readonly unseen: readonly Unseen[];
  /** Values by name, such as `net.ipv4.ip_forward`; absent when the kernel has none of that name. */
  readonly sysctls: Readonly<Record<string, string>>;
  readonly processes: readonly Process[];
  /** TCP ports that something listens on. */
  readonly listening: readonly number[];
  readonly interfaces: readonly Interface[];
  readonly rules?: readonly RulesFact[];
  /** Which iptables the node uses. */
  readonly variant?: string;
  /** What iptables said of a trial of our matches and targets: those that the kernel lacks, or why it refuses them. */
  readonly extensions?: { readonly missing: readonly string[]; readonly refused?: string };
  /** Tables that nft lists, such as `ip kube-proxy`; absent when there is no nft. */
  readonly nftTables?: readonly string[];
  /** Base chains of nft's own tables whose policy is drop, such as `inet fw forward`. */
  readonly nftDrops: readonly { readonly chain: string; readonly hook: string }[];
  readonly ipvs: Ipvs;
  readonly lock?: { readonly path: string; readonly held: boolean; readonly pid?: number };
}

export interface ToolFact {
  readonly name: string;
  readonly package: string;
  readonly installed: boolean;
  /** The mode cannot do without it. */
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
  /** Families of addresses beyond the link and the machine. */
  readonly families: readonly Family[];
}

/** The iptables rules of one variant and family. */
export interface RulesFact {
  readonly variant: string;
  readonly family: Family;
  /** How many chains are kube-proxy's or vipc's. */
  readonly ours: number;
  /** Built-in chains whose policy is DROP; `others` of their rules accept something and are not ours. */
  readonly drops: readonly { readonly table: string; readonly chain: string; readonly others: number }[];
}

export interface Ipvs {
  /** The kernel has it, or a module of it. */
  readonly available: boolean;
  readonly device: boolean;
  readonly servers: number;
}
