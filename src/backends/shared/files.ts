/**
 * Artifacts, shared: the files that iptables-restore and ip6tables-restore load.
 */
import type { Family } from '../../ip.js';
import { print, toData } from '../../tools/iptables/print.js';
import { sections } from '../../tools/iptables/sections.js';
import type { RuleSet } from '../../tools/iptables/types.js';
import type { Artifact, PortCounts } from '../backend.js';
import { isServiceChain } from '../chain-names.js';
import { partOf } from './parts.js';

/** The files of iptables rules. */
export const RULES_FILE: Readonly<Record<Family, string>> = { ipv4: 'iptables.rules', ipv6: 'ip6tables.rules' };

/** The artifact of a rule set; `ports` tells how many ServicePorts of each family it serves. */
export function iptablesFile(ruleSet: RuleSet, ports: PortCounts): Artifact {
  const { family } = ruleSet;
  return {
    name: RULES_FILE[family],
    parts: [partOf({ family, ports: ports[family] ?? 0 }, ruleSet, { print, toData })],
    sections: (text) => sections(text, isServiceChain),
  };
}
