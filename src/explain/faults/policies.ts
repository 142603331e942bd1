/**
 * explain, faults: NetworkPolicies that keep clients from the endpoints.
 */
import type { Diagnostic } from '../../diag.js';
import { policiesByService } from '../../lint/policies.js';
import { policyOutside } from '../../lint/rules/policy-outside.js';
import { policyPort } from '../../lint/rules/policy-port.js';
import type { NetworkPolicy } from '../../read/types.js';
import { type About, count, finding, some } from '../about.js';
import { gateOf } from '../gate.js';
import { podRows } from '../policies.js';
import type { Finding } from '../types.js';

/** NetworkPolicies that admit nobody, not to a port, or not from outside; a remark when they admit some clients. */
export function policyFaults(about: About): readonly Finding[] {
  const { snapshot, service } = about;
  if (snapshot.policies.length === 0) return [];
  const selected = policiesByService(snapshot)(service).filter(({ policy }) => policy.policyTypes.includes('Ingress'));
  const open = selected.filter(({ policy }) => policy.ingress.length > 0);
  const [first] = selected.filter(({ policy }) => policy.ingress.length === 0);
  // NetworkPolicies are additive: a Pod gets the traffic that any of them admits.
  if (first && open.length === 0) {
    const which = first.some ? 'some of its pods' : 'its pods';
    const message = `NetworkPolicy ${first.policy.metadata.name} admits nobody to ${which}: it has no ingress rule`;
    const fix = 'add an ingress rule for its clients to spec.ingress, or another policy that has one';
    return [finding('network-policy', first.some ? 'some' : 'nobody', message, fix, first.policy.origin)];
  }
  const alone = { ...snapshot, services: [service] };
  const ports = policyPort.check?.(alone, { simulate: false }) ?? [];
  const outside = policyOutside.check?.(alone, { simulate: false }) ?? [];
  const all = ports.length > 0 && ports.length === service.spec.ports.length;
  const problems = [
    ...ports.map((found) => problem(found, all ? 'nobody' : 'some')),
    ...outside.map((found) => problem(found, 'some')),
  ];
  return all
    ? problems
    : [
        ...problems,
        ...judged(
          about,
          open.map(({ policy }) => policy),
        ),
      ];
}

function problem({ message, hint = '', related }: Diagnostic, effect: Finding['effect']): Finding {
  return finding('network-policy', effect, message, hint, related?.origin);
}

/** Whom the policies stop of the Pods that could be clients: it may be meant, so it is a remark. */
function judged(about: About, policies: readonly NetworkPolicy[]): readonly Finding[] {
  const gate = gateOf(about);
  const rows = gate ? podRows(about, gate) : [];
  const [policy] = policies;
  const stopped = rows.filter(({ admission }) => admission !== 'admitted');
  if (stopped.length === 0 && !policy) return [];
  const total = gate?.clients.reduce((sum, { names }) => sum + names.length, 0) ?? 0;
  const names = new Set(stopped.flatMap((row) => row.names.map((name) => `${row.namespace}/${name}`)));
  const by = [
    ...new Set([
      ...stopped.flatMap((row) => row.by),
      ...policies.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`),
    ]),
  ];
  const which = `NetworkPolicy ${some(by)}`;
  if (names.size === 0) {
    const text =
      total > 0
        ? `${which} admits all ${count(total, 'pod')} that could be clients`
        : `${which} decides which clients get to its pods`;
    return [finding('network-policy', 'none', text, 'see that it has a rule for each kind of client', policy?.origin)];
  }
  const sure = stopped.every(({ admission }) => admission === 'stopped');
  const what = `${which} ${sure ? 'stops' : 'may stop'} ${names.size} of ${count(total, 'pod')} that could be clients (${some(names)})`;
  return [finding('network-policy', 'none', what, fixOf(about, policies), policy?.origin)];
}

/** The labels that an ingress rule asks of a client, where one asks by labels alone. */
function fixOf({ service }: About, policies: readonly NetworkPolicy[]): string {
  const peers = policies.flatMap(({ ingress }) => ingress.flatMap((rule) => rule.peers));
  const asked = peers.flatMap(({ podSelector, namespaceSelector }) =>
    podSelector && !namespaceSelector && podSelector.matchExpressions.length === 0 ? [podSelector.matchLabels] : [],
  );
  const [labels] = asked
    .map((each) =>
      Object.entries(each)
        .map(([key, value]) => `${key}=${value}`)
        .sort(),
    )
    .filter((each) => each.length > 0);
  const add = `add an ingress rule that admits them`;
  if (!labels) return `if they are clients: ${add}`;
  return `if they are clients: give them ${labels.join(', ')} (in namespace ${service.metadata.namespace}), or ${add}`;
}
