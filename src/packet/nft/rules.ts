/**
 * rules: a rule of nftables as tests and actions, made when a packet first reaches it.
 */
import { printRule, printStatement, ruleContext } from '../../tools/nft/print-rule.js';
import type { Rule, Statement } from '../../tools/nft/types.js';
import type { Condition } from '../foreign.js';
import { ONE } from '../fraction.js';
import { depends, of } from '../tri.js';
import { type Act, actionOf } from './actions.js';
import { readsDestination } from './fields.js';
import type { KnownTable } from './known.js';
import { hasHeader, rewrittenHeader } from './rewrites.js';
import { lookupCondition, matchCondition } from './tests.js';

export interface MadeRule {
  readonly rule: Rule;
  /** From 0. */
  readonly place: number;
  readonly text: string;
  readonly parts: readonly Part[];
}

/** A statement: a test that the packet must pass, or an action on it. `tells`: it reads or changes the destination. */
export type Part =
  | { readonly kind: 'test'; readonly text: string; readonly test: Condition; readonly tells: boolean }
  | { readonly kind: 'act'; readonly act: Act; readonly tells: boolean };

/** A rule, ready for packets. */
export function madeRule(rule: Rule, place: number, known: KnownTable): MadeRule {
  const context = ruleContext(known.table);
  return {
    rule,
    place,
    text: printRule(rule, context),
    parts: rule.statements.flatMap((statement) => partsOf(statement, printStatement(statement, context), known)),
  };
}

/** A statement that sets a mark to what is not known may end the rule, as a map without the key does. */
function partsOf(statement: Statement, text: string, known: KnownTable): readonly Part[] {
  const part = partOf(statement, text, known);
  const [set, connection] = (statement.kind === 'unknown' && /^(?:meta |(ct ))?mark set /.exec(text)) || [];
  if (set === undefined) return [part];
  const changed = connection === undefined ? { mark: undefined } : { connmark: undefined };
  const act: Act = (flow) => [{ share: ONE, flow: { ...flow, ...changed }, to: { kind: 'next' } }];
  return [part, { kind: 'act', act, tells: false }];
}

function partOf(statement: Statement, text: string, known: KnownTable): Part {
  const tells = isOfDestination(statement);
  switch (statement.kind) {
    case 'match':
      return { kind: 'test', text, test: matchCondition(statement, text, known), tells };
    case 'lookup':
      return { kind: 'test', text, test: lookupCondition(statement, text, known), tells };
    case 'unknown': {
      const header = rewrittenHeader(text);
      if (header !== undefined) return { kind: 'test', text, test: (flow) => of(hasHeader(flow, header)), tells };
      if (LIMITS.test(text)) return { kind: 'test', text, test: () => depends(text), tells };
    }
  }
  const act = actionOf(statement, text, known);
  const unknown: Act = (flow) => [{ share: ONE, flow, to: { kind: 'unknown', text } }];
  return { kind: 'act', act: act ?? unknown, tells };
}

function isOfDestination(statement: Statement): boolean {
  switch (statement.kind) {
    case 'match':
    case 'lookup':
      return readsDestination(statement.left);
    case 'vmap':
      return readsDestination(statement.key);
    case 'dnat':
    case 'redirect':
      return true;
    default:
      return false;
  }
}

/** Statements that a packet passes or not, and that do nothing to it; a flow table takes later packets only. */
const LIMITS =
  /^(?:limit|quota|ct count|flow|socket|osf|rt|tcp option|tcp flags|exthdr|xt match|meta|mark|ct|fib|payload|@)\b/;
