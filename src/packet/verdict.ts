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

/** The answer that outcomes amount to; the shares of its results add up to 1. */
export function answerOf(outcomes: readonly Outcome[]): Answer {
  const { results, depends } = resolve(outcomes, 0);
  return { results, depends: [...new Set(depends)] };
}

/** All outcomes agree on the first `depth` unknown conditions; compares both cases of the next one. */
function resolve(outcomes: readonly Outcome[], depth: number): Answer {
  const results: Result[] = [];
  const depends: string[] = [];
  const byCondition = new Map<string, { yes: Outcome[]; no: Outcome[] }>();
  for (const outcome of outcomes) {
    const condition = outcome.depends[depth];
    if (condition === undefined) {
      results.push(resultOf(outcome));
      continue;
    }
    const isNot = condition.startsWith('not ');
    const name = isNot ? condition.slice(4) : condition;
    const cases = byCondition.get(name) ?? { yes: [], no: [] };
    byCondition.set(name, cases);
    cases[isNot ? 'no' : 'yes'].push(outcome);
  }
  for (const [name, { yes, no }] of byCondition) {
    const [then, otherwise] = [resolve(yes, depth + 1), resolve(no, depth + 1)];
    if (no.length > 0 && yes.length > 0 && isSame(then.results, otherwise.results)) {
      results.push(...then.results);
      depends.push(...then.depends, ...otherwise.depends);
    } else {
      const [first] = [...yes, ...no];
      const share = sum(then.results.length > 0 ? then.results : otherwise.results);
      if (first) results.push({ verdict: 'UNKNOWN', masquerade: false, share, outcome: first });
      depends.push(name, ...then.depends, ...otherwise.depends);
    }
  }
  return { results: distinct(results), depends };
}

function sum(results: readonly Result[]): Fraction {
  return results.reduce((all, { share }) => plus(all, share), ZERO);
}

function isSame(a: readonly Result[], b: readonly Result[]): boolean {
  const isEqual = (one: Result, other: Result | undefined) =>
    other !== undefined && byEnd(one, other) === 0 && one.share.n === other.share.n && one.share.d === other.share.d;
  return a.length === b.length && a.every((each, i) => isEqual(each, b[i]));
}

/** Results in the order of their ends; those of one end are one, with the share of all. */
function distinct(results: Result[]): readonly Result[] {
  results.sort(byEnd);
  const found: Result[] = [];
  for (const result of results) {
    const before = found.at(-1);
    if (before && byEnd(before, result) === 0)
      found[found.length - 1] = { ...before, share: plus(before.share, result.share) };
    else found.push(result);
  }
  return found;
}

function byEnd(a: Result, b: Result): number {
  return (
    compare(a.verdict, b.verdict) ||
    compare(a.address ?? '', b.address ?? '') ||
    (a.port ?? 0) - (b.port ?? 0) ||
    Number(a.masquerade) - Number(b.masquerade)
  );
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
