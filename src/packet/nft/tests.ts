/**
 * tests: the statements that a packet must match → conditions on it.
 */
import type { Ip } from '../../ip.js';
import { isTcpFlags } from '../../tools/nft/print-rule.js';
import type { Statement } from '../../tools/nft/types.js';
import { hasState } from '../conntrack.js';
import { incoming, outgoing } from '../devices.js';
import type { Condition } from '../foreign.js';
import { fraction } from '../fraction.js';
import type { NodeRules } from '../node.js';
import { type Flow, isAdded } from '../packet.js';
import { depends, NO, of, shareOf, type Tri, unless, YES } from '../tri.js';
import { indexElements, type Lookup, lookupOf } from './elements.js';
import { fieldOf } from './fields.js';
import type { KnownTable } from './known.js';
import { tcpFlagsCondition } from './tcp-flags.js';
import { holds, typeHolds } from './values.js';

type Match = Extract<Statement, { kind: 'match' }>;
type SetLookup = Extract<Statement, { kind: 'lookup' }>;

/** The condition of `ip saddr 10.0.0.0/8`, `ct state new`, `numgen random mod 3 0`; `text` is what it is called. */
export function matchCondition(match: Match, text: string, { node }: KnownTable): Condition {
  const { left, operator, values } = match;
  const not = operator === '!=' || operator === '!';
  const unknown = depends(text);
  if (operator !== '==' && !not) return ordered(match, text, node);
  if (left.kind === 'numgen') {
    const share = shareOf(fraction(BigInt(values.length), BigInt(left.mod)));
    return () => unless(not, share);
  }
  if (left.kind === 'ct' && left.key === 'status') {
    // `!=` asks whether these bits are all that is set, and a translation sets one more, that it is done.
    if (operator === '!=') return () => (values.every(isTranslation) ? YES : unknown);
    return (flow) => unless(not, anyOf(values, status(flow), unknown));
  }
  if (isTcpFlags(left)) return tcpFlagsCondition(match, text);
  if (left.kind === 'concat')
    return keyed(lookupOf(left, indexElements(values.map((key) => ({ key }))), node), not, unknown);
  const device = left.kind === 'meta' ? DEVICES.get(left.key) : undefined;
  const [only, ...more] = values;
  if (device && only !== undefined && more.length === 0) return device({ not, value: deviceName(only) }, node);
  const read = fieldOf(left, node);
  const has = left.kind === 'fib' ? (text: string, value: Ip | number | string) => typeHolds(text, `${value}`) : holds;
  return (flow) => {
    const value = read(flow);
    if (value === null) return NO;
    if (value === undefined) return unknown;
    return unless(
      not,
      anyOf(values, (each) => has(each, value), unknown),
    );
  };
}

const DEVICES: ReadonlyMap<string, typeof outgoing> = new Map([
  ['iifname', incoming],
  ['iif', incoming],
  ['oifname', outgoing],
  ['oif', outgoing],
]);

/** The name of an interface as iptables writes it, which marks a prefix by `+`: so the same condition has one text. */
function deviceName(value: string): string {
  return value.replace(/^"(.*)"$/s, '$1').replace(/\*$/, '+');
}

/** `<`, `<=`, `>` and `>=`, of numbers. */
function ordered({ left, operator, values }: Match, text: string, node: NodeRules): Condition {
  const read = fieldOf(left, node);
  const [bound] = values.map(Number);
  return (flow) => {
    const value = read(flow);
    if (value === null) return NO;
    if (typeof value !== 'number' || bound === undefined || Number.isNaN(bound)) return depends(text);
    const less = value < bound;
    const equal = value === bound;
    return of(operator.startsWith('<') ? less || (equal && operator === '<=') : !less && (!equal || operator === '>='));
  };
}

/** Bits of `ct status` that are known: a translation of the destination, and of the source. */
function status(flow: Flow): (bit: string) => boolean | undefined {
  return (bit) => (isTranslation(bit) ? hasState(new Set([bit.toUpperCase()]), flow) : undefined);
}

function isTranslation(bit: string): boolean {
  return bit === 'dnat' || bit === 'snat';
}

/** Whether one of the values holds; one that is not understood may. */
function anyOf(values: readonly string[], has: (value: string) => boolean | undefined, unknown: Tri): Tri {
  let result = NO;
  for (const value of values) {
    const found = has(value);
    if (found) return YES;
    if (found === undefined) result = unknown;
  }
  return result;
}

/**
 * The condition of `ip daddr @cluster-ips`. A packet that was added to a set may be what it asks for in there, or not:
 * which key was added is not known any more.
 */
export function lookupCondition({ left, not, set }: SetLookup, text: string, known: KnownTable): Condition {
  const unknown = depends(text);
  const named = known.set(set);
  if (!named) return () => unknown;
  const listed = keyed(named.lookup(left), not, unknown);
  return (flow) => (named.remembers(flow) ? of(!not) : isAdded(flow, set) ? unknown : listed(flow));
}

/** Whether one of the elements has the key. */
function keyed(lookup: Lookup, not: boolean, unknown: Tri): Condition {
  return (flow) => {
    const found = lookup(flow);
    if (found === null) return NO;
    if (found?.length !== 1) return unknown;
    const [element] = found;
    return element === null ? unknown : unless(not, of(element !== undefined));
  };
}
