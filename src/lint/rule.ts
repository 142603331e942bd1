/**
 * lint, part: what a rule is. docs/lint.md is printed from the rules, and the examples of each are its tests.
 */
import type { Diagnostic, Severity } from '../diag.js';
import type { Snapshot } from '../read/types.js';

/** What is known of the input beyond its objects. */
export interface Context {
  /** Pods were simulated, or the cluster is live: no message proposes --simulate. */
  readonly simulate: boolean;
  /** No cluster has seen the input: a template is as good as its Pods. */
  readonly manifests?: boolean;
}

/** Several rules can share a check, which then runs once. */
export type Check = (snapshot: Snapshot, context: Context) => readonly Diagnostic[];

export interface Rule {
  /** Stable, in kebab-case. */
  readonly code: string;
  /** That of its findings; where it depends, the greatest. */
  readonly severity: Severity;
  /** One sentence without its full stop. */
  readonly summary: string;
  /** What happens then, and what to do. */
  readonly why: string;
  /** compile and the other commands say it as well. */
  readonly everywhere?: true;
  /** Absent: it is found while the input is read or completed. */
  readonly check?: Check;
  /** An input with findings of the code exactly where a line ends with `# <- CODE`. */
  readonly failing: string;
  /** Nearly the same, without a finding. */
  readonly passing: string;
}
