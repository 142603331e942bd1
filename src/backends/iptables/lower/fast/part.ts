/**
 * lower, layout `fast`, part: what a ServicePort has in the chains that all share.
 */
import type { ServicePort } from '../../../../resolve/types.js';
import { printRule } from '../../../../tools/iptables/print.js';
import type { Chain } from '../../../../tools/iptables/types.js';
import type { Pair } from '../../../shared/kept-list.js';
import type { FastContext, FastPort } from './service-port.js';

export interface Part extends Pick<FastPort, 'claims' | 'filter'> {
  readonly port: ServicePort;
  /** The addresses of its endpoints on this node, where each has a hairpin rule. */
  readonly local: readonly string[];
}

/** The part of a ServicePort in all that serves it. */
export function partOf(port: ServicePort, { claims, filter }: FastPort, context: FastContext): Part {
  const reachable = context.features.bpf ? [] : port.endpoints.reachable;
  const local = reachable.flatMap((endpoint) => (endpoint.local ? [endpoint.ip] : []));
  return { port, claims, filter, local };
}

/** What of a part decides about the chains of each kind, as text. */
export const DECIDES = {
  services: ({ claims, port }: Part): string =>
    claims
      .map(({ rule, target, returns, clears }) => [printRule(rule, port.family), target, returns, clears].join(' '))
      .join('\n'),
  filter: ({ filter, port }: Part): string =>
    filter.map(({ chain, rule }) => `${chain}${printRule(rule, port.family)}`).join('\n'),
  hairpins: ({ local }: Part): string => local.join(),
} as const;

/** A kind of chains. */
export type Kind = keyof typeof DECIDES;

export const KINDS = Object.keys(DECIDES) as readonly Kind[];

/** Whether one of the pairs makes other chains of a kind. */
export function isOther(kind: Kind, pairs: readonly Pair<Part>[]): boolean {
  return pairs.some(([was, is]) => (was ? DECIDES[kind](was) : '') !== (is ? DECIDES[kind](is) : ''));
}

/** Chains that ServicePorts share, by what each of these has in them. */
export interface SharedChains<T> {
  now(): readonly Chain[];
  /** Puts what some have in the place of what they had. */
  replace(before: readonly T[], after: readonly T[]): void;
}
