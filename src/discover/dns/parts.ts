/**
 * discover: records that all kinds of Services have, and which claimant gets the PTR record of an address.
 */
import type { Origin } from '../../diag.js';
import type { Ip } from '../../ip.js';
import { compare } from '../../order.js';
import type { Protocol } from '../../read/types.js';
import { fromRoot, reverseName } from './names.js';
import type { DnsData, DnsRecord } from './record.js';

/** The TTL of records in seconds: CoreDNS's default (plugin/kubernetes, ttl). */
export const TTL = 5;

/** The object that a record belongs to, and whether the record is synthetic. */
export interface From {
  readonly origin: Origin;
  readonly synthetic: boolean;
}

/** A record with the common TTL. */
export function record(name: string, data: DnsData, { origin, synthetic }: From): DnsRecord {
  return { name, ttl: TTL, ...data, ...(synthetic ? { synthetic: true as const } : {}), origin };
}

/** A or AAAA. */
export function addressRecord(name: string, { family, text }: Ip, from: From): DnsRecord {
  return record(name, { type: family === 'ipv4' ? 'A' : 'AAAA', address: text }, from);
}

/** Priority and weight are CoreDNS's for a single target: with one target they have no effect (RFC 2782). */
export function srvRecord(
  { port, protocol, number }: { readonly port: string; readonly protocol: Protocol; readonly number: number },
  service: string,
  target: string,
  from: From,
): DnsRecord {
  const name = `_${port}._${protocol.toLowerCase()}.${service}`;
  return record(name, { type: 'SRV', priority: 0, weight: 100, port: number, target }, from);
}

/** Claimants by precedence. */
const CLAIMANTS = ['Service', 'named endpoint', 'unnamed endpoint'] as const;

/** A claim to the PTR record of an address. */
export interface Claim {
  readonly record: DnsRecord & { readonly type: 'PTR' };
  /** The lowest rank wins. */
  readonly rank: number;
}

/** A claim of `target` to the PTR record of its address. */
export function claim(ip: Ip, target: string, by: (typeof CLAIMANTS)[number], from: From): Claim {
  const made = record(reverseName(ip), { type: 'PTR', target }, from);
  return { record: made as Claim['record'], rank: CLAIMANTS.indexOf(by) };
}

/**
 * One PTR record for each address. By the specification a pod of two headless Services has two, but resolvers take the
 * first answer, and the order of answers is random. So the Service of a cluster IP wins over an endpoint, as in
 * CoreDNS; then an endpoint with a hostname over one without; then the first by namespace, Service and label.
 */
export function settle(claims: readonly Claim[]): readonly DnsRecord[] {
  const best = new Map<string, Claim>();
  for (const each of claims) {
    const other = best.get(each.record.name);
    if (!other || wins(each, other)) best.set(each.record.name, each);
  }
  return [...best.values()].map(({ record }) => record);
}

function wins(a: Claim, b: Claim): boolean {
  const order = a.rank - b.rank || compare(fromRoot(a.record.target), fromRoot(b.record.target));
  // When two slices list the endpoint, the one in the input wins.
  return order < 0 || (order === 0 && !a.record.synthetic && b.record.synthetic === true);
}
