/**
 * Rules: what docs/validation.md says of each field that is read. The page is printed from these tables, and
 * read/validation.test.ts tries every row of them, so none can be there that does not hold.
 */

/**
 * What vipc says when a rule is broken: `error`, whoever sent the object, where the value could not be used; `refused`: an
 * error, and a warning on an object that an API server has admitted; or a warning at most.
 */
export type Says = 'error' | 'refused' | 'warning';

/** Fields to set: `spec.ports.0.port` → value; undefined takes one away. */
export type Changes = Readonly<Record<string, unknown>>;

export interface Rule {
  /** As the API's documentation writes it: `spec.ports[].port`. */
  readonly field: string;
  /** What it is when it is absent, and where the copy that vipc makes has that. */
  readonly absent?: { readonly is: string; readonly at: string; readonly value: unknown; readonly with?: Changes };
  readonly rule: string;
  readonly says: Says;
  /** Where Kubernetes has it. */
  readonly source: Source;
  /** An object that keeps the rule, and one that breaks it. */
  readonly good?: Changes;
  readonly bad: Changes;
}

/** Below k8s.io/kubernetes/pkg unless it says otherwise. */
export const SOURCES = {
  core: 'apis/core/validation/validation.go',
  defaults: 'apis/core/v1/defaults.go',
  conversion: 'apis/core/v1/conversion.go',
  alloc: 'registry/core/service/storage/alloc.go',
  discovery: 'apis/discovery/validation/validation.go',
  networking: 'apis/networking/validation/validation.go',
  apps: 'apis/apps/validation/validation.go',
  meta: 'k8s.io/apimachinery/pkg/api/validation/objectmeta.go',
  mcs: 'sigs.k8s.io/mcs-api/config/crd',
  vipc: 'no rule of Kubernetes',
} as const;

export type Source = keyof typeof SOURCES;

/** The rules of one kind. */
export interface KindRules {
  readonly kind: string;
  readonly apiVersion: string;
  readonly about?: string;
  /** An object that keeps all rules. */
  readonly object: object;
  readonly rules: readonly Rule[];
}
