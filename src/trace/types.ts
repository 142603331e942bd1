/**
 * types: the result of a trace, as plain data.
 */
import type { Try } from '../discover/dns/lookup.js';
import type { Ip } from '../ip.js';
import type { End } from '../packet/evaluate.js';
import type { Fraction } from '../packet/fraction.js';
import type { Verdict } from '../packet/verdict.js';
import type { Frontend, ServicePort } from '../resolve/types.js';
import type { L4, Named } from './question.js';
import type { Source } from './sender.js';
import type { TracedStep } from './steps.js';

export interface Trace {
  readonly node: string;
  readonly from: Source;
  readonly to: { readonly ip: Ip; readonly port: number };
  readonly protocol: L4;
  readonly sourcePort: number | undefined;
  /** The DNS queries and their results; empty unless the target is a DNS name. */
  readonly lookup: readonly Try[];
  /** The Service of the destination. */
  readonly asked: Asked | undefined;
  /** Whether every outcome reaches an endpoint or, if no Service was asked for, is accepted or goes on. */
  readonly isReached: boolean;
  readonly verdict: Verdict | 'MIXED';
  readonly sentence: string;
  readonly notes: readonly string[];
  readonly outcomes: readonly TracedOutcome[];
  readonly depends: readonly string[];
  readonly steps: readonly TracedStep[];
}

/** The Service of the destination, and the frontend that has the address and port. */
export interface Asked extends Named {
  /** `default/web:http` */
  readonly port: string;
  readonly kind: Frontend['kind'] | undefined;
  readonly servicePort: ServicePort | undefined;
  readonly frontend: Frontend | undefined;
  /** The Service's ports at the address, if the destination port is none of them. */
  readonly at?: readonly string[];
}

export interface TracedOutcome {
  readonly verdict: Verdict;
  readonly end: End;
  readonly address: string | undefined;
  readonly port: number | undefined;
  readonly share: Fraction;
  /** The rule, policy or virtual server that dropped or refused it: `rule 2 of filter KUBE-FIREWALL`. */
  readonly by: string | undefined;
  /** The source that the endpoint sees: the sender, the node (MASQUERADE), or the address of an SNAT rule. */
  readonly source: 'kept' | 'node' | 'changed';
  /** Whether session affinity keeps a client at its endpoint. */
  readonly isSticky: boolean;
  /** `default/web-1`, if the endpoint is a pod of the snapshot. */
  readonly pod: string | undefined;
  /** The node of the endpoint, if it is known. */
  readonly node: string | undefined;
}
