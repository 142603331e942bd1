/**
 * Artifacts, shared: the files that iptables-restore and ip6tables-restore load.
 */
import type { Family } from '../../ip.js';
import { print, toJson } from '../../languages/iptables/print.js';
import type { RuleSet } from '../../languages/iptables/rules.js';
import { sections } from '../../languages/iptables/sections.js';
import type { Artifact } from '../backend.js';
import { partOf } from './parts.js';

const FILE: Readonly<Record<Family, string>> = { ipv4: 'iptables.rules', ipv6: 'ip6tables.rules' };

/** The artifact of a rule set that serves so many ServicePorts. */
export function iptablesFile(ruleSet: RuleSet, ports: number): Artifact {
  const { family } = ruleSet;
  return { name: FILE[family], parts: [partOf({ family, ports }, ruleSet, { print, toJson })], sections };
}
