/**
 * discover: DNS records, as data.
 */
import type { Origin } from '../../diag.js';

/** A record; names are absolute, in lower case, with the dot of the root at the end. */
export type DnsRecord = {
  readonly name: string;
  /** In seconds. */
  readonly ttl: number;
  /** The record's data is not in the input: an allocated cluster IP, a simulated Pod. */
  readonly synthetic?: true;
  /** The Service of the record. */
  readonly origin?: Origin;
} & DnsData;

export type DnsData =
  | { readonly type: 'A' | 'AAAA'; readonly address: string }
  | { readonly type: 'CNAME' | 'PTR' | 'NS'; readonly target: string }
  | {
      readonly type: 'SRV';
      readonly priority: number;
      readonly weight: number;
      readonly port: number;
      readonly target: string;
    }
  | { readonly type: 'TXT'; readonly text: string };

export type DnsType = DnsRecord['type'];

/** The types that questions can have. */
export type QueryType = Exclude<DnsType, 'NS'> | 'ANY';

export const QUERY_TYPES: readonly QueryType[] = ['A', 'AAAA', 'SRV', 'PTR', 'CNAME', 'TXT', 'ANY'];
