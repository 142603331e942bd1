/**
 * lint, part: the type of a rule. docs/lint.md is generated from the rules; the examples of each rule are its tests.
 */
import type { Diagnostic, Severity } from '../diag.js';
import type { Snapshot } from '../read/types.js';

/** Facts about the input beyond its objects. */
export interface Context {
  /** Pods were simulated, or the cluster is live: no message proposes --simulate. */
  readonly simulate: boolean;
  /** The input is manifests only: missing Pods of a template are no problem. */
  readonly manifests?: boolean;
  /** Findings that depend on the node are about this one alone. */
  readonly node?: OneNode;
}

export interface OneNode {
  readonly name: string;
  /** Addresses that are not in its status, canonical. */
  readonly addresses: readonly string[];
}

/** Several rules can share a check, which runs once. */
export type Check = (snapshot: Snapshot, context: Context) => readonly Diagnostic[];

export interface Rule {
  /** Stable, in kebab-case. */
  readonly code: string;
  /** Its usual severity; single findings can have another. */
  readonly severity: Severity;
  /** One sentence without a full stop. */
  readonly summary: string;
  /** The consequence, and what the user can do. */
  readonly why: string;
  /** All commands that read a cluster report it, not only `vipc lint`. */
  readonly everywhere?: true;
  /** Absent for findings of reading, completing and vipc-ignore comments. */
  readonly check?: Check;
  /** An input with findings of the code at exactly the lines that end with `# <- CODE`. */
  readonly failing: string;
  /** A similar input without a finding of the code. */
  readonly passing: string;
}
