/**
 * NetworkPolicy networking.k8s.io/v1: which Pods it selects and in which directions, for that is all that is said of it.
 * Rules: ValidateNetworkPolicySpec in pkg/apis/networking/validation, of those fields.
 */
import { type Check, list, matching, oneOf, text } from '../check.js';
import { DNS1123_SUBDOMAIN, QUALIFIED_NAME } from '../names.js';
import { object, optional, required, withDefault } from '../object.js';
import type { LabelSelector, NetworkPolicy } from '../types.js';
import { labels, metadata, NO_STRINGS } from './metadata.js';

const expression = object({
  key: required(matching(QUALIFIED_NAME)),
  operator: required(oneOf(['In', 'NotIn', 'Exists', 'DoesNotExist'], 'In')),
  values: withDefault(list(text), []),
});

const selector = object({
  matchLabels: withDefault(labels, NO_STRINGS),
  matchExpressions: withDefault(list(expression), []),
});

const ALL: LabelSelector = { matchLabels: NO_STRINGS, matchExpressions: [] };

const fields = object({
  metadata: metadata(DNS1123_SUBDOMAIN),
  spec: withDefault(
    object({
      podSelector: withDefault(selector, ALL),
      policyTypes: optional(list(oneOf(['Ingress', 'Egress'], 'Ingress'), { max: 2 })),
      egress: optional(list((value: unknown) => value)),
    }),
    { podSelector: ALL },
  ),
});

/** A NetworkPolicy without its origin. */
export const networkPolicy: Check<Omit<NetworkPolicy, 'origin'>> = (value, at) => {
  const read = fields(value, at);
  if (read === undefined) return undefined;
  const { podSelector, policyTypes = [], egress = [] } = read.spec;
  // SetDefaults_NetworkPolicy: Ingress always, Egress where there are rules of it.
  const implied = egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
  return { metadata: read.metadata, podSelector, policyTypes: policyTypes.length > 0 ? policyTypes : implied };
};
