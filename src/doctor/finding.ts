/**
 * doctor: a finding, as data.
 */
export type State = 'problem' | 'warning' | 'unseen' | 'ok';

export interface Finding {
  /** The name of the check, in kebab-case. */
  readonly check: string;
  readonly state: State;
  readonly message: string;
  readonly hint?: string;
}

/** The worst first. */
export const STATES: readonly State[] = ['problem', 'warning', 'unseen', 'ok'];
