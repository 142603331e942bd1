/**
 * remarks: what the rules of a node have, beside what differs, that its owner must know.
 */
import type { Diagnostic } from '../../diag.js';
import type { IptablesOurs } from './ownership.js';
import type { SavedRuleSet } from './parse.js';
import type { RuleSet } from './types.js';

/** Warnings about rules that are to become `desired`. */
export function remarks(
  observed: readonly SavedRuleSet[],
  desired: readonly RuleSet[],
  ours: IptablesOurs,
): readonly Diagnostic[] {
  return [...observed.flatMap((ruleSet) => firewall(ruleSet, desired, ours)), ...observed.flatMap(lookups)];
}

function firewall(observed: SavedRuleSet, desired: readonly RuleSet[], ours: IptablesOurs): readonly Diagnostic[] {
  const wanted = desired.find(({ family }) => family === observed.family);
  if (!wanted || !ours.lacks(observed, wanted)) return [];
  const message = "KUBE-FIREWALL, which is kubelet's, does not keep others from 127.0.0.0/8 of this node";
  return [warning('kubelet-firewall', message, 'kubelet puts that right within a minute, if it runs')];
}

/** Rules that are not judged by what iptables-save prints of them. */
function lookups({ family, tables }: SavedRuleSet): readonly Diagnostic[] {
  return tables.flatMap(({ name: table, chains }) =>
    chains.flatMap(({ name, lines, lookups = [] }) => {
      const seen = lines.filter((_, i) => lookups[i]).map((line) => `-A ${name}${line}`);
      if (seen.length === 0) return [];
      const more = seen.length > 1 ? ` and ${seen.length - 1} more` : '';
      const message = `chain ${name} of ${family} table ${table} has rules of nft that look into sets, which iptables shows without that: ${seen[0]}${more}`;
      const argv = `nft list chain ${family === 'ipv4' ? 'ip' : 'ip6'} ${table} ${name}`;
      return [warning('nft-rules', message, `our rules stay where they are beside them; see: ${argv}`)];
    }),
  );
}

function warning(code: string, message: string, hint: string): Diagnostic {
  return { code, severity: 'warning', message, hint };
}
