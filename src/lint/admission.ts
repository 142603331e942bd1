/**
 * lint, part: the traffic that all NetworkPolicies of the endpoints of a Service admit together. A Pod that an Ingress
 * policy selects gets only traffic that such a policy admits. Ports are those of the Pod: policies apply after DNAT of
 * the Service address (networking/v1, NetworkPolicySpec).
 */
import { groupedBy, sorted } from '../order.js';
import { keyOf, type NetworkPolicy, type PolicyRule, type Service, type Snapshot } from '../read/types.js';
import { type Candidate, candidatesByNamespace, written } from './candidates.js';
import { opensPort } from './judge.js';
import { policiesByService } from './policies.js';

export interface Restricted {
  readonly service: Service;
  /** Ingress policies: first those that select all endpoints (at least one), then the others; each by name. */
  readonly policies: readonly [NetworkPolicy, ...NetworkPolicy[]];
  /** The ingress rules of all policies. */
  readonly rules: readonly PolicyRule[];
  /** Pods and pod templates that the Service selects. */
  readonly pods: readonly Candidate[];
}

/** The Services that have an Ingress policy for all their endpoints. */
export function restrictedServices(snapshot: Snapshot): readonly Restricted[] {
  const restricting = snapshot.policies.filter(({ policyTypes }) => policyTypes.includes('Ingress'));
  if (restricting.length === 0) return [];
  const policiesOf = policiesByService({ ...snapshot, policies: restricting });
  const spaces = groupedBy(restricting, ({ metadata }) => metadata.namespace);
  const concerned = sorted(snapshot.services.filter(({ metadata }) => spaces.has(metadata.namespace)));
  const candidates = candidatesByNamespace(snapshot);
  return concerned.flatMap((service): readonly Restricted[] => {
    const selected = policiesOf(service);
    const [first, ...others] = [...selected].sort((a, b) => Number(a.some) - Number(b.some));
    if (!first || first.some) return [];
    const selector = written(service.spec.selector);
    const pods = candidates.get(service.metadata.namespace)?.matching(selector) ?? [];
    const policies: Restricted['policies'] = [first.policy, ...others.map(({ policy }) => policy)];
    return [{ service, policies, rules: policies.flatMap(({ ingress }) => ingress), pods }];
  });
}

/** `NetworkPolicy default/web`, or `its 2 NetworkPolicies`. */
export function policiesText([first, ...others]: Restricted['policies']): string {
  return others.length === 0 ? `NetworkPolicy ${keyOf(first)}` : `its ${others.length + 1} NetworkPolicies`;
}

/** The ingress rules that admit traffic to a port of the Service; undecidable rules are included. */
export function rulesFor(
  { rules, pods }: Restricted,
  { targetPort, protocol }: Service['spec']['ports'][number],
): readonly PolicyRule[] {
  const own = pods.flatMap(({ ports }) => ports).filter((port) => port.protocol === protocol);
  const numbers =
    typeof targetPort === 'number'
      ? [targetPort]
      : own.filter(({ name }) => name === targetPort).map(({ port }) => port);
  return rules.filter((rule) => {
    const { ports } = rule;
    if (ports.length === 0) return true;
    if (numbers.some((number) => opensPort(rule, { protocol, port: number }, own))) return true;
    // A name, on either side, means a port of the Pods; without known Pods it may match.
    const isUnknown = (name: number | string | undefined) => typeof name === 'string' && pods.length === 0;
    const of = ports.filter((each) => each.protocol === protocol);
    return numbers.length === 0 ? of.length > 0 : of.some(({ port }) => port === targetPort || isUnknown(port));
  });
}
