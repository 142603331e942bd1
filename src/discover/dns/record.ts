/**
 * discover: DNS records, as data.
 */
import type { Origin } from '../../diag.js';

/** A record; names are absolute, in lower case, and end with the root's dot. */
export type DnsRecord = {
  readonly name: string;
  /** Seconds. */
  readonly ttl: number;
  /** What it tells is not in the input but was made up: a cluster IP that was allocated, a Pod that was simulated. */
  readonly synthetic?: true;
  /** The Service that it belongs to. */
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

/** What can be asked for. */
export type QueryType = Exclude<DnsType, 'NS'> | 'ANY';

export const QUERY_TYPES: readonly QueryType[] = ['A', 'AAAA', 'SRV', 'PTR', 'CNAME', 'TXT', 'ANY'];
