/**
 * share: an exact fraction → text.
 */
import { type Fraction, toNumber } from '../packet/fraction.js';

/** `1/3`; with a larger denominator, such as 2^31 of the statistic match, as iptables prints it: `0.33333333349`. */
export function shareText(share: Fraction): string {
  if (share.d === 1n) return String(share.n);
  return share.d <= 1000n ? `${share.n}/${share.d}` : toNumber(share).toFixed(11);
}
