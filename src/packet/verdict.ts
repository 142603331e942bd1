/**
 * verdict: outcomes → the answer: distinct ends with their shares, and the unknown conditions that change them.
 */
import { stepsOf } from './branch.js';
import type { Outcome } from './evaluate.js';
import { type Fraction, plus, ZERO } from './fraction.js';

/**
 * DNAT: also by IPVS. ACCEPT: a rule of a Service accepts the packet. NONE: the packet goes on to its destination.
 * UNKNOWN: the end depends on unknown conditions.
 */
export type Verdict = 'DNAT' | 'REJECT' | 'DROP' | 'ACCEPT' | 'NONE' | 'UNKNOWN';

/** One end of connections. */
export interface Result {
  readonly verdict: Verdict;
  /** The endpoint, for DNAT. */
  readonly address?: string;
  readonly port?: number;
  /** Whether the endpoint sees an address of this node as the source. */
  readonly masquerade: boolean;
  readonly share: Fraction;
  /** One of the ways to this end. */
  readonly outcome: Outcome;
}

export interface Answer {
  readonly results: readonly Result[];
  /** The unknown conditions that were assumed; empty if all is certain. */
  readonly depends: readonly string[];
}

/** Results by their ends. */
type Results = Map<string, Result>;

/** The answer that outcomes amount to; the shares of its results add up to 1. */
export function answerOf(outcomes: readonly Outcome[]): Answer {
  const { results, depends } = resolve(outcomes, 0);
  const sorted = [...results].sort(([a], [b]) => compare(a, b));
  return { results: sorted.map(([, result]) => result), depends: [...new Set(depends)] };
}

/** All outcomes agree on the first `depth` unknown conditions; compares both cases of the next one. */
function resolve(outcomes: readonly Outcome[], depth: number): { results: Results; depends: string[] } {
  const results: Results = new Map();
  for (const outcome of outcomes) if (outcome.depends.length <= depth) add(results, resultOf(outcome));
  const depends: string[] = [];
  const byCondition = new Map<string, { yes: Outcome[]; no: Outcome[] }>();
  for (const outcome of outcomes) {
    const condition = outcome.depends[depth];
    if (condition === undefined) continue;
    const isNot = condition.startsWith('not ');
    const name = isNot ? condition.slice(4) : condition;
    const cases = byCondition.get(name) ?? { yes: [], no: [] };
    byCondition.set(name, cases);
    cases[isNot ? 'no' : 'yes'].push(outcome);
  }
  for (const [name, { yes, no }] of byCondition) {
    const [then, otherwise] = [resolve(yes, depth + 1), resolve(no, depth + 1)];
    if (no.length > 0 && yes.length > 0 && isSame(then.results, otherwise.results)) {
      for (const result of then.results.values()) add(results, result);
      depends.push(...then.depends, ...otherwise.depends);
    } else {
      const [first] = [...yes, ...no];
      const share = sum(then.results.size > 0 ? then.results : otherwise.results);
      if (first) add(results, { verdict: 'UNKNOWN', masquerade: false, share, outcome: first });
      depends.push(name, ...then.depends, ...otherwise.depends);
    }
  }
  return { results, depends };
}

function sum(results: Results): Fraction {
  return [...results.values()].reduce((all, { share }) => plus(all, share), ZERO);
}

function isSame(a: Results, b: Results): boolean {
  return (
    a.size === b.size &&
    [...a].every(
      ([
        key,
        {
          share: { n, d },
        },
      ]) => {
        const other = b.get(key)?.share;
        return other?.n === n && other.d === d;
      },
    )
  );
}

/** Adds a result, or its share to the result that is the same end. */
function add(results: Results, result: Result): void {
  const key = keyOf(result);
  const before = results.get(key);
  results.set(key, before ? { ...before, share: plus(before.share, result.share) } : result);
}

function keyOf({ verdict, address = '', port = 0, masquerade }: Result): string {
  return `${verdict} ${address} ${String(port).padStart(5, '0')} ${masquerade}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function resultOf(outcome: Outcome): Result {
  const { end, flow, share } = outcome;
  const masquerade = flow.sourceNat === 'masquerade';
  if (end === 'drop' || end === 'reject')
    return { verdict: end === 'drop' ? 'DROP' : 'REJECT', masquerade: false, share, outcome };
  if (flow.original) {
    const { destination, destinationPort: port } = flow;
    return {
      verdict: 'DNAT',
      address: destination.text,
      ...(port !== undefined && { port }),
      masquerade,
      share,
      outcome,
    };
  }
  const isAccepted = stepsOf(outcome).some(
    ({ owner, text }) => / -j ACCEPT$/.test(text) && (owner || HEALTH_CHECK.test(text)),
  );
  return { verdict: isAccepted ? 'ACCEPT' : 'NONE', masquerade, share, outcome };
}

/** The comment of a Service's accepting rule, for rule sets that were read without owners (see dumps/owners.ts). */
const HEALTH_CHECK = / --comment "[^" ]+\/[^" ]+ health check node port" /;
