/**
 * `10.0.0.1:80` and `[fd00::1]:80`, as ipvsadm -n prints them.
 */
import { inetNtop, joinHostPort, parseIp } from '../../ip.js';

export interface HostPort {
  readonly address: string;
  readonly port: number;
}

/** The address, in canonical form, and port of a text, if printing them gives the same text. */
export function parseHostPort(text: string): HostPort | undefined {
  const [, ipv6, ipv4 = '', digits] = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(text) ?? [];
  const ip = parseIp(ipv6 ?? ipv4);
  const port = Number(digits);
  if (!ip || port > 65535 || joinHostPort(inetNtop(ip.text), port) !== text) return undefined;
  return { address: ip.text, port };
}
