/**
 * read, types: metadata, and types that several kinds share.
 */

export type Protocol = 'TCP' | 'UDP' | 'SCTP';
export type IPFamily = 'IPv4' | 'IPv6';

export interface ObjectMeta {
  readonly name: string;
  /** `default` where a namespaced manifest says nothing; `''` for a Node. */
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** The family of a canonical address or network, as the API writes it: only IPv6 has colons. */
export function ipFamilyOf(text: string): IPFamily {
  return text.includes(':') ? 'IPv6' : 'IPv4';
}

/** The annotation that lists the synthetic parts of an object, separated by blanks. */
export const SYNTHETIC_ANNOTATION = 'vipc/synthetic';

/** The labels of control-plane Nodes; the second one is of Kubernetes before 1.24. */
export const CONTROL_PLANE_LABELS: readonly string[] = [
  'node-role.kubernetes.io/control-plane',
  'node-role.kubernetes.io/master',
];

export const REGION_LABEL = 'topology.kubernetes.io/region';
export const ZONE_LABEL = 'topology.kubernetes.io/zone';

/** `namespace/name`. */
export function keyOf({ metadata }: { readonly metadata: ObjectMeta }): string {
  return `${metadata.namespace}/${metadata.name}`;
}
