/**
 * question: the packet that `vipc trace` is asked about, as data: sender, target, protocol and ports.
 */
import type { Ip } from '../ip.js';

export type L4 = 'tcp' | 'udp' | 'sctp';

/** Namespace and name of an object. */
export interface Named {
  readonly namespace: string;
  readonly name: string;
}

export type Sender =
  | { readonly kind: 'address'; readonly ip: Ip }
  | ({ readonly kind: 'pod' } & Named)
  /** The node of this name; without a name, the node whose rules are traced. */
  | { readonly kind: 'node'; readonly name?: string }
  /** An address that does not occur in the input. */
  | { readonly kind: 'outside' };

export type Target =
  | { readonly kind: 'address'; readonly ip: Ip; readonly port: number }
  /** `port`: its name or number; absent: the only port of the Service. */
  | ({ readonly kind: 'service'; readonly port?: string } & Named)
  | ({ readonly kind: 'pod'; readonly port: number } & Named)
  /** A DNS name, resolved with the search path of the sender. */
  | { readonly kind: 'name'; readonly name: string; readonly port?: number }
  /** A node port on the node of this name; without a name, on the node whose rules are traced. */
  | { readonly kind: 'node'; readonly name?: string; readonly port: number };

export interface Question {
  readonly from: Sender;
  readonly to: Target;
  /** Absent: the protocol of the Service at that port, or TCP. */
  readonly protocol?: L4;
  readonly sourcePort?: number;
  /** Overrides the interface that follows from the sender. */
  readonly inInterface?: string;
  /** The DNS domain of the cluster, such as cluster.local. */
  readonly domain: string;
}

/** The reason why a question cannot be answered, and what the user can do. */
export interface Problem {
  readonly problem: string;
  readonly hint?: string;
}

/** A value, or the reason why there is none. */
export type Answered<T> = T | Problem;

export function isProblem(value: object): value is Problem {
  return 'problem' in value;
}
