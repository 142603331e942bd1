/**
 * Rules: the contents of docs/validation.md, by field. The page is printed from these tables, and
 * read/validation.test.ts tests every row, so no row can be wrong.
 */

/**
 * vipc's reaction to a broken rule: `error` where the value cannot be used, from any source; `refused`: an error, but
 * only a warning on an object that an API server has admitted; or at most a warning.
 */
export type Says = 'error' | 'refused' | 'warning';

/** Fields to set: `spec.ports.0.port` → value; undefined removes one. */
export type Changes = Readonly<Record<string, unknown>>;

export interface Rule {
  /** In the notation of the API's documentation: `spec.ports[].port`. */
  readonly field: string;
  /** The default of the field, and where vipc's copy of the object holds it. */
  readonly absent?: { readonly is: string; readonly at: string; readonly value: unknown; readonly with?: Changes };
  readonly rule: string;
  readonly says: Says;
  /** The source file of the rule in Kubernetes. */
  readonly source: Source;
  /** Changes that keep the rule, and changes that break it. */
  readonly good?: Changes;
  readonly bad: Changes;
}

/** Below k8s.io/kubernetes/pkg unless the path says otherwise. */
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
