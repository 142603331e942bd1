/**
 * rewrites: statements that rewrite what decides nothing about where a packet goes: `ip dscp set cs1`, and the segment
 * size in `tcp option maxseg size set rt mtu`, which is left alone where a packet has none (nft_exthdr_tcp_set_eval).
 */
import type { Flow } from '../packet.js';

const REWRITE = /^(ip|ip6|tcp) (?:(?:dscp|ecn) set \S+|option maxseg size set (?:\S+|rt mtu))$/;

/** The header that a packet must have, or else the rule ends; undefined for another statement. */
export function rewrittenHeader(text: string): string | undefined {
  return REWRITE.exec(text)?.[1];
}

/** Whether a packet has the header. */
export function hasHeader({ family, protocol }: Flow, header: string): boolean {
  return header === 'tcp' ? protocol === 'tcp' : family === (header === 'ip' ? 'ipv4' : 'ipv6');
}
