/**
 * NetworkPolicy networking.k8s.io/v1: which Pods it selects and in which directions; vipc reports no more about it.
 * Rules: ValidateNetworkPolicySpec in pkg/apis/networking/validation, for those fields.
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
  // SetDefaults_NetworkPolicy: always Ingress, and Egress when there are egress rules.
  const implied = egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
  return { metadata: read.metadata, podSelector, policyTypes: policyTypes.length > 0 ? policyTypes : implied };
};
