/**
 * ready: rules of other programs on a node that depend on the mode that kube-proxy runs in.
 */
import type { Finding } from '../doctor/finding.js';
import type { NodeRules } from '../packet/node.js';
import type { Chain } from '../tools/iptables/types.js';

/** Findings about the rules of others, which stay when ours go. */
export function readyFindings({ ruleSets }: NodeRules): readonly Finding[] {
  const chains = ruleSets.flatMap(({ tables }) => tables.flatMap((table) => table.chains));
  const looking = chains
    .filter((chain) => !/^(?:KUBE|VIPC)-/.test(chain.name) && looksForOurs(chain))
    .map(({ name }) => name);
  const networks = NETWORKS.filter(({ prefix }) => chains.some(({ name }) => name.startsWith(prefix)));
  return [
    ...[...new Set(looking)].map(
      (name): Finding => ({
        check: 'migration',
        state: 'warning',
        message: `chain ${name} of another program has rules that lead to chains of kube-proxy, which will be gone`,
        hint: 'find the program that writes them, and ask what it needs in nftables mode',
      }),
    ),
    ...networks.map(
      ({ name, hint }): Finding => ({
        check: 'migration',
        state: 'warning',
        message: `${name} programs iptables on this node`,
        hint,
      }),
    ),
  ];
}

function looksForOurs(chain: Chain): boolean {
  return chain.rules().some(({ target }) => {
    if (target?.kind === 'jump' || target?.kind === 'goto') return target.chain.startsWith('KUBE-');
    return false;
  });
}

/** Networks that have a mode of their own for nftables, by the prefix of their chains. */
const NETWORKS = [
  { prefix: 'cali-', name: 'Calico', hint: 'switch its dataplane to nftables together with kube-proxy' },
  { prefix: 'KUBE-ROUTER-', name: 'kube-router', hint: 'ask which version works beside kube-proxy in nftables mode' },
  { prefix: 'CILIUM_', name: 'Cilium', hint: 'ask whether its version works beside kube-proxy in nftables mode' },
  { prefix: 'WEAVE-', name: 'Weave Net', hint: 'ask whether its version works beside kube-proxy in nftables mode' },
] as const;
