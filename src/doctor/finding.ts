/**
 * doctor: what was found, as data.
 */
export type State = 'problem' | 'warning' | 'unseen' | 'ok';

export interface Finding {
  /** What was looked at, in kebab-case. */
  readonly check: string;
  readonly state: State;
  readonly message: string;
  readonly hint?: string;
}

/** The worst first. */
export const STATES: readonly State[] = ['problem', 'warning', 'unseen', 'ok'];
