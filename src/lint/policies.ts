/**
 * lint: NetworkPolicies that select the endpoints of Services. In: the snapshot. Out: notes. The rules of a Service do
 * not show that a network plugin may drop packets to its endpoints.
 */
import type { Diagnostic } from '../diag.js';
import { groupedBy, sorted } from '../order.js';
import { selects } from '../read/selects.js';
import { hasSelector, keyOf, type NetworkPolicy, type Service, type Snapshot, serviceOf } from '../read/types.js';
import { candidatesByNamespace, written } from './candidates.js';

type Labels = Readonly<Record<string, string>>;

/** A policy that selects Pods or pod templates of a Service; `some`: not all of them. */
export interface Selected {
  readonly policy: NetworkPolicy;
  readonly some: boolean;
}

/** Notes: `network-policy`, one for each Service and policy. */
export function checkPolicies(snapshot: Snapshot): readonly Diagnostic[] {
  if (snapshot.policies.length === 0) return [];
  const policiesOf = policiesByService(snapshot);
  return sorted(snapshot.services).flatMap((service) =>
    policiesOf(service).map(({ policy, some }): Diagnostic => {
      const { metadata, policyTypes, origin } = policy;
      const which = some ? 'some of its endpoints' : 'its endpoints';
      const direction = policyTypes.includes('Ingress') ? 'may keep clients out' : 'is about what they send only';
      return {
        code: 'network-policy',
        severity: 'note',
        message: `NetworkPolicy ${metadata.name} (${policyTypes.join(', ')}) selects ${which}: it ${direction}`,
        origin: { ...service.origin, path: ['spec', 'selector'] },
        related: { message: 'the policy; rules of Services do not know it', origin },
      };
    }),
  );
}

/** The policies that select endpoints of a Service, sorted by name. */
export function policiesByService(snapshot: Snapshot): (service: Service) => readonly Selected[] {
  const policies = groupedBy(sorted(snapshot.policies), ({ metadata }) => metadata.namespace);
  if (policies.size === 0) return () => [];
  const candidates = candidatesByNamespace(snapshot);
  const pods = new Map(snapshot.pods.map((pod) => [keyOf(pod), pod.metadata.labels]));
  const listed = groupedBy(snapshot.slices, serviceOf);
  return (service) => {
    const { namespace } = service.metadata;
    const here = policies.get(namespace) ?? [];
    if (here.length === 0) return [];
    const endpoints = (listed.get(keyOf(service)) ?? []).flatMap((slice) => slice.endpoints);
    const known = endpoints.map(({ pod }) => pods.get(`${namespace}/${pod}`)).filter((labels) => labels !== undefined);
    const found = known.length > 0 || !hasSelector(service) ? known : templates(service);
    return here.flatMap((policy) => {
      const selected = found.filter((labels) => selects(policy.podSelector, labels)).length;
      return selected === 0 ? [] : [{ policy, some: selected < found.length }];
    });
  };

  /**
   * Without Pods: labels of the pod templates that the Service selects, else its selector, which all its Pods match.
   */
  function templates({ metadata, spec }: Service): readonly Labels[] {
    const matching = candidates.get(metadata.namespace)?.matching(written(spec.selector)) ?? [];
    return matching.length > 0 ? matching.map(({ labels }) => labels) : [spec.selector ?? {}];
  }
}
