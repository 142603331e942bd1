/**
 * diff, part: may a foreign rule stand before ours?
 *
 * In filter it may: it decides what to let in or keep out, and we must not overrule it, unless it decides on every
 * packet and leaves none to our rules. In nat a foreign rule that takes packets away from Services makes them
 * unreachable, so ours come before it; only a jump for every packet may come first, which is how network plugins hook
 * themselves in.
 */
import type { Match, Rule, TableName, Target } from '../types.js';

/** Whether packets for our rules get past `rule`. */
export function mayPrecede(table: TableName, rule: Rule): boolean {
  const { target } = rule;
  if (!target) return true;
  const always = Object.keys(rule.header).length === 0 && rule.matches.every(isComment);
  if (table === 'nat') return target.kind === 'jump' ? always : !ends(target);
  return !(always && ends(target));
}

function isComment({ kind }: Match): boolean {
  return kind === 'comment';
}

/** Whether a packet's path through the chain ends at the rule. */
function ends(target: Target): boolean {
  if (target.kind === 'unknown') return ENDING.test(target.text);
  return target.kind !== 'jump' && target.kind !== 'mark';
}

/** Targets of iptables-extensions(8) that are a verdict, or set up the address translation of a connection. */
const ENDING =
  /^ -[jg] (?:REJECT|QUEUE|NFQUEUE|DNAT|SNAT|MASQUERADE|REDIRECT|NETMAP|BALANCE|SAME|TPROXY|ACCEPT|DROP|RETURN)\b/;
