/**
 * complete, part: the control-plane Nodes that pods ask for; simulated workers are not such Nodes.
 */
import { CONTROL_PLANE_LABELS, type PodSpec } from '../read/types.js';

/** A Node's role label and its value: `''` with kubeadm, `true` with k3s and RKE. */
export interface RoleLabel {
  readonly key: string;
  readonly value: string;
}

/** The control-plane labels that a pod's selector or required affinity asks for. */
export function rolesOf({ nodeSelector, nodeTerms = [] }: PodSpec): readonly RoleLabel[] {
  const selected = CONTROL_PLANE_LABELS.flatMap((key) => {
    const value = nodeSelector[key];
    return value === undefined ? [] : [{ key, value }];
  });
  const terms = nodeTerms.flat().flatMap(({ key, operator, values }) => {
    if (!CONTROL_PLANE_LABELS.includes(key) || (operator !== 'Exists' && operator !== 'In')) return [];
    return [{ key, value: values[0] ?? '' }];
  });
  return [...selected, ...terms];
}

/** The role labels of all `specs`, sorted and without duplicates. */
export function rolesOfAll(specs: readonly PodSpec[]): readonly RoleLabel[] {
  const roles = new Map(specs.flatMap(rolesOf).map((role) => [`${role.key}=${role.value}`, role]));
  return [...roles].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, role]) => role);
}
