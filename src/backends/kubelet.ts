/**
 * The rules that kubelet and kube-proxy share: KUBE-FIREWALL and the jumps to it. Where kubelet runs, it adds them
 * itself every minute (k/k pkg/kubelet/kubelet_network_linux.go), and copies by vipc could not be told from kubelet's.
 */
import { printRule } from '../tools/iptables/print.js';
import { BUILT_IN_CHAINS, type Chain, type Rule, type RuleSet, type TableName } from '../tools/iptables/types.js';
import { isKubeletMark } from './chain-names.js';
import { CHAIN } from './iptables/names.js';

/** `desired` without kubelet's rules, on a node where kubelet has run. */
export function besideKubelet(observed: RuleSet, desired: RuleSet): RuleSet {
  if (!hasKubelet(observed)) return desired;
  const tables = desired.tables.map((table) => {
    const kept = table.chains.filter(({ name }) => !isFirewall(table.name, name));
    return { ...table, chains: table.name === 'filter' ? kept.map(withoutJumps) : kept };
  });
  return { ...desired, tables };
}

function withoutJumps(chain: Chain): Chain {
  if (!BUILT_IN_CHAINS.filter.includes(chain.name)) return chain;
  return { ...chain, rules: () => chain.rules().filter((rule) => targetOf(rule) !== CHAIN.kubeletFirewall) };
}

/** Whether `desired` relies on kubelet's protection of 127.0.0.0/8 and the node lacks it. */
export function lacksFirewall(observed: RuleSet, desired: RuleSet): boolean {
  const rulesOf = ({ tables }: RuleSet, chain: string): readonly Rule[] =>
    tables
      .find(({ name }) => name === 'filter')
      ?.chains.find(({ name }) => name === chain)
      ?.rules() ?? [];
  const textsOf = (ruleSet: RuleSet) =>
    rulesOf(ruleSet, CHAIN.kubeletFirewall).map((rule) => printRule(rule, observed.family));
  const needed = textsOf(desired);
  if (needed.length === 0 || !hasKubelet(observed)) return false;
  const there = new Set(textsOf(observed));
  const leads = (chain: string) => rulesOf(observed, chain).some((rule) => targetOf(rule) === CHAIN.kubeletFirewall);
  return needed.some((text) => !there.has(text)) || !leads('INPUT') || !leads('OUTPUT');
}

/** Whether a chain is the one that kubelet and kube-proxy share. */
export function isFirewall(table: TableName, name: string): boolean {
  return table === 'filter' && name === CHAIN.kubeletFirewall;
}

/**
 * Whether kubelet has run here. Before kubelet had a canary (1.18), its rule that drops marked packets is the evidence.
 */
export function hasKubelet({ tables }: RuleSet): boolean {
  return tables.some(({ name: table, chains }) =>
    chains.some(({ name, rules }) => isKubeletMark(name) || (isFirewall(table, name) && rules().some(dropsMarked))),
  );
}

function dropsMarked({ target, matches }: Rule): boolean {
  return target?.kind === 'drop' && matches.some(({ kind }) => kind === 'mark');
}

/** The chain that a rule jumps to; '' when it is no jump. */
export function targetOf({ target }: Rule): string {
  return target?.kind === 'jump' ? target.chain : '';
}
