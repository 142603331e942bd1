/**
 * question: what `vipc trace` is asked, as data: who sends, to what, by which protocol.
 */
import type { Ip } from '../ip.js';

export type L4 = 'tcp' | 'udp' | 'sctp';

/** An object of a namespace. */
export interface Named {
  readonly namespace: string;
  readonly name: string;
}

export type Sender =
  | { readonly kind: 'address'; readonly ip: Ip }
  | ({ readonly kind: 'pod' } & Named)
  /** The node whose rules are traced, or the one of this name. */
  | { readonly kind: 'node'; readonly name?: string }
  /** An address that nothing in the cluster has. */
  | { readonly kind: 'outside' };

export type Target =
  | { readonly kind: 'address'; readonly ip: Ip; readonly port: number }
  /** Its port by name or number; the only one when there is one. */
  | ({ readonly kind: 'service'; readonly port?: string } & Named)
  | ({ readonly kind: 'pod'; readonly port: number } & Named)
  /** A DNS name, as the sender looks it up. */
  | { readonly kind: 'name'; readonly name: string; readonly port?: number }
  /** A node port, of the node whose rules are traced or of the one of this name. */
  | { readonly kind: 'node'; readonly name?: string; readonly port: number };

export interface Question {
  readonly from: Sender;
  readonly to: Target;
  /** TCP, or what the Service has at that port. */
  readonly protocol?: L4;
  readonly sourcePort?: number;
  /** Instead of what is known of the sender. */
  readonly inInterface?: string;
  /** The DNS domain of the cluster. */
  readonly domain: string;
}

/** What is wrong with a question, and what to do. */
export interface Problem {
  readonly problem: string;
  readonly hint?: string;
}

/** Something, or why there is none. */
export type Answered<T> = T | Problem;

export function isProblem(value: object): value is Problem {
  return 'problem' in value;
}
