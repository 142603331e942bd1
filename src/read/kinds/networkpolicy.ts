/**
 * NetworkPolicy networking.k8s.io/v1: which Pods it selects, in which directions, and by how many rules, for that is all that is said of it.
 * Rules: ValidateNetworkPolicySpec in pkg/apis/networking/validation, of those fields.
 */
import { type Check, list, ruled, text } from '../check.js';
import { DNS1123_SUBDOMAIN } from '../names.js';
import { object, optional, withDefault } from '../object.js';
import type { LabelSelector } from '../selects.js';
import type { NetworkPolicy } from '../types.js';
import { metadata, NO_STRINGS } from './metadata.js';
import { labelSelector } from './selector.js';

const DIRECTIONS = ['Ingress', 'Egress'];

const direction = ruled(text, 'Ingress or Egress', (name) => DIRECTIONS.includes(name));

const ALL: LabelSelector = { matchLabels: NO_STRINGS, matchExpressions: [] };

const fields = object({
  metadata: metadata(DNS1123_SUBDOMAIN),
  spec: withDefault(
    object({
      podSelector: withDefault(labelSelector, ALL),
      policyTypes: optional(list(direction, { max: DIRECTIONS.length })),
      ingress: optional(list((value: unknown) => value)),
      egress: optional(list((value: unknown) => value)),
    }),
    { podSelector: ALL },
  ),
});

/** A NetworkPolicy without its origin. */
export const networkPolicy: Check<Omit<NetworkPolicy, 'origin'>> = (value, at) => {
  const read = fields(value, at);
  if (read === undefined) return undefined;
  const { podSelector, policyTypes = [], ingress = [], egress = [] } = read.spec;
  // SetDefaults_NetworkPolicy: Ingress always, Egress where there are rules of it.
  const implied = egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
  return {
    metadata: read.metadata,
    podSelector,
    policyTypes: policyTypes.length > 0 ? policyTypes : implied,
    ingressRules: ingress.length,
  };
};
