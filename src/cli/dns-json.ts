/**
 * cli: DNS records → JSON.
 */
import type { DnsRecord } from '../discover/dns/record.js';
import { ownerOf } from '../discover/dns/zone.js';

/** A record as JSON, without the place where its Service was written. */
export function asData({ origin, ...record }: DnsRecord): object {
  const service = ownerOf(origin);
  return { ...record, ...(service === undefined ? {} : { service }) };
}
