/**
 * roles: which field of a packet an expression of nftables reads, as far as packet classes have it.
 */
import type { Ip } from '../../ip.js';
import { holds } from '../../packet/nft/values.js';
import { isTcpFlags } from '../../tools/nft/print-rule.js';
import type { Expression } from '../../tools/nft/types.js';
import type { Knowledge } from '../may.js';

export type Role =
  | 'destination'
  | 'source'
  | 'protocol'
  | 'port'
  | 'sourcePort'
  | 'interface'
  | 'state'
  /** Known, but the same for all packets, or chosen at random. */
  | 'constant'
  | 'unknown';

/** The field that an expression reads. */
export function roleOf(expression: Expression): Role {
  switch (expression.kind) {
    case 'payload':
      if (isTcpFlags(expression)) return 'constant';
      return PAYLOAD.get(expression.field) ?? 'unknown';
    case 'meta':
      return META.get(expression.key) ?? 'unknown';
    case 'ct':
      if (expression.direction !== undefined) return 'unknown';
      return expression.key === 'state' ? 'state' : expression.key === 'status' ? 'constant' : 'unknown';
    case 'fib':
      return expression.result === 'type' ? 'constant' : 'unknown';
    case 'numgen':
      return 'constant';
    case 'masked':
      return roleOf(expression.of);
    case 'concat':
    case 'unknown':
      return 'unknown';
  }
}

const PAYLOAD: ReadonlyMap<string, Role> = new Map<string, Role>([
  ['daddr', 'destination'],
  ['saddr', 'source'],
  ['protocol', 'protocol'],
  ['nexthdr', 'protocol'],
  ['dport', 'port'],
  ['sport', 'sourcePort'],
]);

const META: ReadonlyMap<string, Role> = new Map<string, Role>([
  ['l4proto', 'protocol'],
  ['mark', 'constant'],
  ['nfproto', 'constant'],
  ['protocol', 'constant'],
  ['iifname', 'interface'],
  ['iif', 'interface'],
]);

/** The parts of a key. */
export function partsOf(key: Expression): readonly Expression[] {
  return key.kind === 'concat' ? key.parts : [key];
}

/** The protocol that an expression needs: `tcp dport` is of TCP packets only. */
export function protocolOf(expression: Expression): string | undefined {
  if (expression.kind !== 'payload') return undefined;
  return ['tcp', 'udp', 'sctp'].includes(expression.header) ? expression.header : undefined;
}

/** Whether packets of `known` may have one of the values in a field. */
export function mayHave(expression: Expression, values: readonly string[], known: Knowledge): boolean {
  const needed = protocolOf(expression);
  if (needed !== undefined && known.protocol !== undefined && needed !== known.protocol) return false;
  const value = valueIn(expression, known);
  return value === undefined || values.some((text) => holds(text, value) !== false);
}

function valueIn(expression: Expression, { destination, protocol, port }: Knowledge): Ip | string | number | undefined {
  if (expression.kind === 'masked') return undefined;
  switch (roleOf(expression)) {
    case 'destination':
      return destination;
    case 'protocol':
      return protocol;
    case 'port':
      return port;
    default:
      return undefined;
  }
}
