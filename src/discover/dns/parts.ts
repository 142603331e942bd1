/**
 * discover: the records that Services of all kinds are made of, and who gets the PTR record of an address.
 */
import type { Origin } from '../../diag.js';
import type { Ip } from '../../ip.js';
import { compare } from '../../order.js';
import type { Protocol } from '../../read/types.js';
import { fromRoot, reverseName } from './names.js';
import type { DnsData, DnsRecord } from './record.js';

/** Seconds that a record may be remembered: CoreDNS's default (plugin/kubernetes, ttl). */
export const TTL = 5;

/** Whose a record is, and whether somebody made it up. */
export interface From {
  readonly origin: Origin;
  readonly synthetic: boolean;
}

/** A record with the common lifetime. */
export function record(name: string, data: DnsData, { origin, synthetic }: From): DnsRecord {
  return { name, ttl: TTL, ...data, ...(synthetic ? { synthetic: true as const } : {}), origin };
}

/** A or AAAA. */
export function addressRecord(name: string, { family, text }: Ip, from: From): DnsRecord {
  return record(name, { type: family === 'ipv4' ? 'A' : 'AAAA', address: text }, from);
}

/** Priority and weight are CoreDNS's for a single choice: all are alike (RFC 2782). */
export function srvRecord(
  { port, protocol, number }: { readonly port: string; readonly protocol: Protocol; readonly number: number },
  service: string,
  target: string,
  from: From,
): DnsRecord {
  const name = `_${port}._${protocol.toLowerCase()}.${service}`;
  return record(name, { type: 'SRV', priority: 0, weight: 100, port: number, target }, from);
}

/** Best first. */
const CLAIMANTS = ['Service', 'named endpoint', 'unnamed endpoint'] as const;

/** Somebody who wants the PTR record of an address. */
export interface Claim {
  readonly record: DnsRecord & { readonly type: 'PTR' };
  /** The less, the sooner. */
  readonly rank: number;
}

/** A claim to the address that `target` leads to. */
export function claim(ip: Ip, target: string, by: (typeof CLAIMANTS)[number], from: From): Claim {
  const made = record(reverseName(ip), { type: 'PTR', target }, from);
  return { record: made as Claim['record'], rank: CLAIMANTS.indexOf(by) };
}

/**
 * One PTR record for each address. The specification wants one for every endpoint, so a pod of two headless Services would
 * have two; but who asks for the name of an address takes the first answer, and the order of answers is random. So a
 * cluster IP's Service comes before an endpoint, as in CoreDNS; an endpoint with a hostname of its own before one without;
 * then the lesser name by namespace, Service and label.
 */
export function settle(claims: readonly Claim[]): readonly DnsRecord[] {
  const best = new Map<string, Claim>();
  for (const each of claims) {
    const other = best.get(each.record.name);
    if (!other || goesBefore(each, other)) best.set(each.record.name, each);
  }
  return [...best.values()].map(({ record }) => record);
}

function goesBefore(a: Claim, b: Claim): boolean {
  const order = a.rank - b.rank || compare(fromRoot(a.record.target), fromRoot(b.record.target));
  // Of two slices that list the endpoint, the one that is in the input.
  return order < 0 || (order === 0 && !a.record.synthetic && b.record.synthetic === true);
}
