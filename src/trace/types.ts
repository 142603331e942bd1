/**
 * types: the answer of a trace, as plain data.
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
  /** The names that were asked for. */
  readonly lookup: readonly Try[];
  /** The Service that has the destination. */
  readonly asked: Asked | undefined;
  /** Whether every outcome reaches an endpoint, or goes on untouched where no Service was asked for. */
  readonly isReached: boolean;
  readonly verdict: Verdict | 'MIXED';
  readonly sentence: string;
  readonly notes: readonly string[];
  readonly outcomes: readonly TracedOutcome[];
  readonly depends: readonly string[];
  readonly steps: readonly TracedStep[];
}

/** A Service, and by which of its addresses it is reached. */
export interface Asked extends Named {
  /** `default/web:http` */
  readonly port: string;
  readonly kind: Frontend['kind'] | undefined;
  readonly servicePort: ServicePort | undefined;
  readonly frontend: Frontend | undefined;
  /** The ports that it has at the address, where the one that is asked for is none of them. */
  readonly at?: readonly string[];
}

export interface TracedOutcome {
  readonly verdict: Verdict;
  readonly end: End;
  readonly address: string | undefined;
  readonly port: number | undefined;
  readonly share: Fraction;
  /** What dropped or refused it: `rule 2 of filter KUBE-FIREWALL`. */
  readonly by: string | undefined;
  /** Whose address the endpoint sees as the source. */
  readonly source: 'kept' | 'node' | 'changed';
  /** A client stays with its endpoint. */
  readonly isSticky: boolean;
  /** `default/web-1`, of an endpoint that is a known pod. */
  readonly pod: string | undefined;
  /** Where the endpoint is. */
  readonly node: string | undefined;
}
