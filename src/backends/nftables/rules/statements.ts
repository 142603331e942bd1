/**
 * lower, part: the statements and expressions of kube-proxy's rules.
 */
import type { PodTraffic } from '../../../resolve/types.js';
import { quote } from '../../../tools/nft/spelling.js';
import type { Element, Expression, Operator, Rule, Statement } from '../../../tools/nft/types.js';
import type { Context } from '../context.js';

/** A rule of statements, with its comment. */
export function rule(statements: readonly Statement[], comment?: string): Rule {
  return comment === undefined ? { statements } : { statements, comment };
}

/** The type of an address. */
export function addressType({ ip }: Pick<Context, 'ip'>): string {
  return ip === 'ip' ? 'ipv4_addr' : 'ipv6_addr';
}

export function saddr({ ip }: Pick<Context, 'ip'>): Expression {
  return { kind: 'payload', header: ip, field: 'saddr' };
}

export function daddr({ ip }: Pick<Context, 'ip'>): Expression {
  return { kind: 'payload', header: ip, field: 'daddr' };
}

export const L4PROTO: Expression = { kind: 'meta', key: 'l4proto' };

export const MARK: Expression = { kind: 'meta', key: 'mark' };

export const DPORT: Expression = { kind: 'payload', header: 'th', field: 'dport' };

export function concat(...parts: readonly Expression[]): Expression {
  return { kind: 'concat', parts };
}

/** An endpoint's number, at random. */
export function random(mod: number): Expression {
  return { kind: 'numgen', mode: 'random', mod, offset: 0 };
}

export function match(left: Expression, values: readonly string[], operator: Operator = '=='): Statement {
  return { kind: 'match', left, operator, values };
}

export function inSet(left: Expression, set: string): Statement {
  return { kind: 'lookup', left, not: false, set };
}

export function vmap(key: Expression, name: string): Statement {
  return { kind: 'vmap', key, map: { kind: 'named', name } };
}

export function jump(chain: string): Statement {
  return { kind: 'verdict', verdict: { kind: 'jump', chain } };
}

export function goto(chain: string): Statement {
  return { kind: 'verdict', verdict: { kind: 'goto', chain } };
}

export const DROP: Statement = { kind: 'verdict', verdict: { kind: 'drop' } };

export const REJECT: Statement = { kind: 'reject' };

export const MASQUERADE: Statement = { kind: 'masquerade', flags: ['fully-random'] };

const ALL_BITS = 0xffffffff;

/** Sets the bit `mark`. */
export function setMark(mark: number): Statement {
  return { kind: 'mark', target: 'meta', mask: ALL_BITS - mark, xor: mark };
}

/** Inverts the bit `mark`. */
export function flipMark(mark: number): Statement {
  return { kind: 'mark', target: 'meta', mask: ALL_BITS, xor: mark };
}

/** Matches traffic of this node's pods, or with `!=` all other traffic. */
export function fromPods(traffic: PodTraffic, operator: '==' | '!=', context: Context): Statement {
  if (traffic.kind === 'source') return match(saddr(context), [traffic.cidr.text], operator);
  const name = traffic.kind === 'interface' ? traffic.name : `${traffic.prefix}*`;
  return match({ kind: 'meta', key: 'iifname' }, [quote(name)], operator);
}

/** The elements as a set's property. */
export function elements(list: readonly Element[]): () => readonly Element[] {
  return () => list;
}
