/**
 * doctor: foreign rules that block packets of Services.
 */

import type { Facts } from './facts.js';
import type { Finding } from './finding.js';

/** The packets of Services that each built-in chain decides about. */
const STOPS: Readonly<Record<string, string>> = {
  FORWARD: 'what goes from or to pods',
  INPUT: 'what is for the node itself (such as health checks of load balancers)',
  OUTPUT: 'what the node itself sends (such as to Services)',
};

/** Findings about chains with policy DROP. kube-proxy's own KUBE-FORWARD accepts only some forwarded packets. */
export function ruleFindings({ rules, nftDrops }: Facts): readonly Finding[] {
  const drops = (rules ?? []).flatMap(({ variant, family, drops }) =>
    drops.map(({ table, chain, others }): Finding => {
      const tool = `${family === 'ipv4' ? 'iptables' : 'ip6tables'}-${variant}`;
      const what = `the policy of ${table} ${chain} in ${tool} is DROP`;
      const stops = STOPS[chain] ?? 'what gets there';
      if (others > 0) {
        const message = `${what}: ${stops} gets through by ${others} rule${others === 1 ? '' : 's'} of others only`;
        return { check: 'policy', state: 'warning', message, hint: `see that they accept it: ${tool} -S ${chain}` };
      }
      const message = `${what}, and no rule of others accepts anything: ${stops} is dropped`;
      return {
        check: 'policy',
        state: 'problem',
        message,
        hint: `let the network plugin accept it, or: ${tool} -P ${chain} ACCEPT`,
      };
    }),
  );
  const native = nftDrops.map(
    ({ chain, hook }): Finding => ({
      check: 'policy',
      state: 'warning',
      message: `the policy of the nftables chain ${chain} is drop: ${STOPS[hook.toUpperCase()] ?? 'what gets there'} needs a rule there that accepts it`,
      hint: `see it with: nft list chain ${chain}`,
    }),
  );
  const found = [...drops, ...native];
  if (found.length > 0) return found;
  return rules === undefined ? [] : [{ check: 'policy', state: 'ok', message: 'no policy is DROP' }];
}
