/**
 * The cases of bench:sync: proxy modes and layouts, with the tools that carry them out.
 */
import type { Variant } from '../src/tools/iptables/variants.js';

export interface Case {
  readonly name: string;
  readonly mode: string;
  readonly layout: string;
  /** The variant of iptables; absent where no node is programmed. */
  readonly variant?: Variant;
}

export const CASES: readonly Case[] = [
  { name: 'iptables legacy', mode: 'iptables', layout: 'kube-proxy', variant: 'legacy' },
  { name: 'iptables nft', mode: 'iptables', layout: 'kube-proxy', variant: 'nft' },
  { name: 'iptables fast, legacy', mode: 'iptables', layout: 'fast', variant: 'legacy' },
  { name: 'iptables fast, nft', mode: 'iptables', layout: 'fast', variant: 'nft' },
  { name: 'nftables fast', mode: 'nftables', layout: 'fast', variant: 'nft' },
  { name: 'nftables kube-proxy', mode: 'nftables', layout: 'kube-proxy', variant: 'nft' },
  { name: 'ipvs, without a node', mode: 'ipvs', layout: 'kube-proxy' },
];
