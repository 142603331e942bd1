/**
 * rejected: a refusal by iptables-restore → the line of its input, and the Service that this line came from.
 */
import type { Ask, Outcome } from '../ask.js';
import { refusal } from '../refusal.js';
import type { Rejection, Step } from '../tool.js';
import { culprit } from './culprit.js';

/** Whether iptables-legacy could not get its lock in time and has changed nothing. */
export function isLocked({ code, stderr }: Outcome): boolean {
  return code !== 0 && /holding the xtables lock/.test(stderr);
}

/** iptables-legacy names only the COMMIT of the table; the search for the culprit finds the rule. */
export async function rejected(step: Step, outcome: Outcome, ask: Ask, waitSeconds: number): Promise<Rejection> {
  const [program = step.program] = step.argv(waitSeconds);
  if (isLocked(outcome)) {
    const message = `${program}: another program has held the xtables lock for ${waitSeconds} s`;
    const hint = 'find it with: fuser -v /run/xtables.lock; or wait longer with --wait';
    return { why: { code: 'xtables-locked', severity: 'error', message, hint } };
  }
  const why = await refusal(step, outcome, async (number) => {
    if (step.input[number - 1]?.text !== 'COMMIT') return number;
    const place = await culprit(ask, program.replace(/-restore$/, ''), step.input, number - 1);
    return place === undefined ? number : place + 1;
  });
  return { why };
}
