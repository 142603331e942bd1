/**
 * The relay's connections, counters and messages as data.
 */
import type { Outcome } from '../tools/ask.js';

/** A listener with its open connections. */
export interface Relay {
  /** How many clients are connected. */
  readonly open: () => number;
  /** Ends the listener; connections go on. */
  readonly leave: () => void;
  /** Ends the listener and all connections. */
  readonly close: () => void;
}

/** The client of a connection. */
export interface Client {
  readonly address: string;
  readonly port: number;
}

/** The counters of a Service's port since the relay began. */
export interface Count {
  readonly connections: number;
  /** Those that no endpoint answered, or that were not to be served. */
  readonly failed: number;
  /** Attempts after which another endpoint was tried. */
  readonly retried: number;
  readonly open: number;
}

/** By `default/web:http tcp IPv4`. */
export type Counts = Readonly<Record<string, Count>>;

/** A connection that was not served. */
export interface Failure {
  readonly service: string;
  readonly client: string;
  readonly why: string;
  /** What was tried, such as `10.244.1.5:8080: connection refused`. */
  readonly tried: readonly string[];
  /** Others of this Service for the same reason, of which nothing was said. */
  readonly left?: number;
}

/** A command line of the relay, without its name, and its input. */
export interface Question {
  readonly id: number;
  readonly args: readonly string[];
  readonly input: string;
}

export type Message =
  | { readonly kind: 'answer'; readonly id: number; readonly outcome: Outcome }
  | { readonly kind: 'failed'; readonly failure: Failure };
