/**
 * remarks: facts about the rules of a node, beside the differences, that its administrator should know.
 */
import type { Diagnostic } from '../../diag.js';
import type { IptablesOurs } from './ownership.js';
import type { SavedRuleSet } from './parse.js';
import type { RuleSet } from './types.js';

/** Warnings about observed rules that are about to become `desired`. */
export function remarks(
  observed: readonly SavedRuleSet[],
  desired: readonly RuleSet[],
  ours: IptablesOurs,
): readonly Diagnostic[] {
  return [...observed.flatMap((ruleSet) => firewall(ruleSet, desired, ours)), ...observed.flatMap(lookups)];
}

function firewall(observed: SavedRuleSet, desired: readonly RuleSet[], ours: IptablesOurs): readonly Diagnostic[] {
  const desiredRules = desired.find(({ family }) => family === observed.family);
  if (!desiredRules || !ours.lacks(observed, desiredRules)) return [];
  const message = "kubelet's chain KUBE-FIREWALL does not protect 127.0.0.0/8 of this node from other machines";
  return [warning('kubelet-firewall', message, 'kubelet repairs that within a minute, if it runs')];
}

/** Rules that cannot be judged by what iptables-save prints. */
function lookups({ family, tables }: SavedRuleSet): readonly Diagnostic[] {
  return tables.flatMap(({ name: table, chains }) =>
    chains.flatMap(({ name, lines, lookups = [] }) => {
      const seen = lines.filter((_, i) => lookups[i]).map((line) => `-A ${name}${line}`);
      if (seen.length === 0) return [];
      const more = seen.length > 1 ? ` and ${seen.length - 1} more` : '';
      const message = `chain ${name} of ${family} table ${table} has nft rules that look up sets, a condition that iptables does not show: ${seen[0]}${more}`;
      const argv = `nft list chain ${family === 'ipv4' ? 'ip' : 'ip6'} ${table} ${name}`;
      return [warning('nft-rules', message, `our rules stay where they are beside them; see: ${argv}`)];
    }),
  );
}

function warning(code: string, message: string, hint: string): Diagnostic {
  return { code, severity: 'warning', message, hint };
}
