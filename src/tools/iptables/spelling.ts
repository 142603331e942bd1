/**
 * How iptables-save spells values: what print writes and parse reads.
 */
import type { Family } from '../../ip.js';
import type { L4Protocol } from './types.js';

/** `-m ipvs --vproto` has no names. */
export const PROTOCOL_NUMBER: Readonly<Record<L4Protocol, number>> = { tcp: 6, udp: 17, sctp: 132 };

/** The mask of one address: `-m recent --mask`. */
export const HOST_MASK: Readonly<Record<Family, string>> = {
  ipv4: '255.255.255.255',
  ipv6: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
};

/** What REJECT answers when nothing else is said. */
export const PORT_UNREACHABLE: Readonly<Record<Family, string>> = {
  ipv4: 'icmp-port-unreachable',
  ipv6: 'icmp6-port-unreachable',
};

/** The mask of a whole packet mark. */
export const ALL_BITS = 0xffffffff;

/** A packet mark or its mask: `0x4000`. */
export function hex(value: number): string {
  return `0x${(value >>> 0).toString(16)}`;
}

/**
 * xtables_save_string: bare when it is plain, else quoted with `"`, `\` and `'` escaped. Line breaks and other control
 * characters end a line or a word for the parser of iptables-restore whatever one does; they are replaced, so that no
 * text can become a rule even if a check before this one failed.
 */
export function quote(text: string): string {
  if (/^[A-Za-z0-9_-]+$/.test(text)) return text;
  return `"${text.replace(CONTROL, '?').replace(/["\\']/g, '\\$&')}"`;
}

const CONTROL = /[\u0000-\u001f\u007f]/g;
