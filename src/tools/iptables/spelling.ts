/**
 * How iptables-save spells values; print writes them and parse reads them.
 */
import type { Family } from '../../ip.js';
import type { L4Protocol } from './types.js';

/** `-m ipvs --vproto` takes numbers, not names. */
export const PROTOCOL_NUMBER: Readonly<Record<L4Protocol, number>> = { tcp: 6, udp: 17, sctp: 132 };

/** The mask of one address: `-m recent --mask`. */
export const HOST_MASK: Readonly<Record<Family, string>> = {
  ipv4: '255.255.255.255',
  ipv6: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
};

/** The default of REJECT's --reject-with. */
export const PORT_UNREACHABLE: Readonly<Record<Family, string>> = {
  ipv4: 'icmp-port-unreachable',
  ipv6: 'icmp6-port-unreachable',
};

/**
 * The programs of `-m bpf` that accept packets whose source is their destination. They begin at the network header; IPv4
 * compares one word, IPv6 four. In IPv4: load the word at 12, copy it to X, load the word at 16, and accept if it is X.
 */
export const SAME_ADDRESS: Readonly<Record<Family, string>> = {
  ipv4: '6,32 0 0 12,7 0 0 0,32 0 0 16,29 0 1 0,6 0 0 65535,6 0 0 0',
  ipv6:
    '18,32 0 0 8,7 0 0 0,32 0 0 24,29 0 13 0,32 0 0 12,7 0 0 0,32 0 0 28,29 0 9 0,32 0 0 16,7 0 0 0,32 0 0 32,29 0 5 0,' +
    '32 0 0 20,7 0 0 0,32 0 0 36,29 0 1 0,6 0 0 65535,6 0 0 0',
};

/** The mask of a whole packet mark. */
export const ALL_BITS = 0xffffffff;

/** A packet mark or its mask: `0x4000`. */
export function hex(value: number): string {
  return `0x${(value >>> 0).toString(16)}`;
}

/**
 * As xtables_save_string: a plain text bare, any other quoted with `"`, `\` and `'` escaped. Line breaks and other
 * control characters end a line or word in iptables-restore even when escaped. They are replaced, so that no text can
 * become a rule even if an earlier check failed.
 */
export function quote(text: string): string {
  if (/^[A-Za-z0-9_-]+$/.test(text)) return text;
  // Nearly every text is a Service's name, and a large cluster has 300,000.
  return UNSAFE.test(text) ? `"${text.replace(CONTROL, '?').replace(/["\\']/g, '\\$&')}"` : `"${text}"`;
}

const CONTROL = /[\u0000-\u001f\u007f]/g;
const UNSAFE = /[\u0000-\u001f\u007f"\\']/;
