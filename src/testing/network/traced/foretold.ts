/**
 * foretold: the outcome that the evaluator predicts for a packet, in the form of a trace.
 */
import { ipOf } from '../../../ip.js';
import { stepsOf } from '../../../packet/branch.js';
import type { Outcome } from '../../../packet/evaluate.js';
import { toNumber } from '../../../packet/fraction.js';
import { OWN } from './classes.js';
import type { Traced } from './compared.js';

/** The steps of an outcome in the form of Traced.steps. */
export function foretold(outcome: Outcome): readonly string[] {
  return stepsOf(outcome).map(({ table, chain, rule, text }) =>
    rule === 0 ? `${table}:${chain}:policy:DROP` : `${table}:${chain}:${rule}:${verdictOf(text)} ${text}`,
  );
}

const TERMINAL: ReadonlySet<string> = new Set(['DNAT', 'SNAT', 'MASQUERADE', 'REDIRECT', 'NETMAP']);

/** Targets after which the packet goes on with the next rule. */
const PASSING: ReadonlySet<string> = new Set(['MARK', 'CONNMARK', 'CT', 'LOG', 'NFLOG', 'TRACE', 'TCPMSS', 'SET']);

/** The verdict that the trace shows for a rule, by its text. */
function verdictOf(text: string): string {
  const [, how, target = ''] = / -([jg]) (\S+)/.exec(text.replace(/"(?:[^"\\]|\\.)*"/g, '""')) ?? [];
  if (how === undefined || PASSING.has(target)) return 'CONTINUE';
  if (TERMINAL.has(target)) return 'ACCEPT';
  if (target === 'REJECT') return 'DROP';
  if (['ACCEPT', 'DROP', 'RETURN'].includes(target)) return target;
  return `${how === 'g' ? 'GOTO' : 'JUMP'}:${target}`;
}

/** The difference between the predicted end and the traced one; undefined if there is none. */
export function wrongEnd({ end, flow }: Outcome, { last, left }: Traced): string | undefined {
  if (end === 'delivered' && !last?.endsWith(':INPUT')) return `delivered, and it was last in ${last}`;
  if (end !== 'forwarded') return left && `${end}, and it left by ${left.device}`;
  if (!left) return 'forwarded, and it did not leave';
  // ICMP has no ports.
  const { destinationPort = left.port } = flow;
  if (left.destination.join() !== flow.destination.bytes.join() || left.port !== destinationPort)
    return `forwarded to ${flow.destination.text} port ${flow.destinationPort}, and it left to ${left.destination.join('.')} port ${left.port}`;
  const source = ipOf(left.source).text;
  const isRight = flow.sourceNat === undefined ? source === flow.source.text : OWN.has(source);
  return isRight ? undefined : `source ${flow.sourceNat ?? 'kept'}, and it left from ${source}`;
}

/** How many packets to send until the rarest way is seen, with a chance of 10^-12 to miss it. */
export function enough(ways: readonly Outcome[]): number {
  const certain = ways.filter(({ depends }) => depends.length === 0);
  const least = Math.min(...certain.map(({ share }) => toNumber(share)));
  return least >= 1 || certain.length === 0 ? 1 : Math.ceil(Math.log(1e-12) / Math.log(1 - least));
}
