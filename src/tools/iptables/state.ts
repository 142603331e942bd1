/**
 * What iptables must have for Services: the part of a desired state that the tool iptables carries out.
 */
import type { RuleSet } from './types.js';

/** The rules of a mode. */
export interface IptablesState {
  /** One for each family. */
  readonly ruleSets: readonly RuleSet[];
  /** Whether the rules alone lead packets to endpoints, as in iptables mode; in ipvs mode virtual servers do. */
  readonly isComplete: boolean;
}
