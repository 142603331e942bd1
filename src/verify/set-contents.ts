/**
 * set-contents: what is in the ipsets that a rule asks for, where the evaluator cannot tell who is a member. Two rules with
 * one text are not the same if their sets are not.
 */
import type { NodeRules } from '../packet/node.js';
import { printEntry } from '../tools/ipset/print.js';
import type { Rule } from '../tools/iptables/types.js';
import { digest } from './digest.js';

/** A digest of the sets of a rule that are not read, or that a match names which is not; `''` without such. */
export function contentsOf({ sets, otherSets = [] }: NodeRules): (rule: Rule) => string {
  const known = new Map(sets.map((set) => [set.name, set]));
  const others = new Map(otherSets.map((set) => [set.name, set]));
  const made = new Map<string, string>();

  const contentOf = (name: string): string => {
    const before = made.get(name);
    if (before !== undefined) return before;
    // A list of sets that leads to itself, which the kernel refuses.
    made.set(name, '');
    const [set, other] = [known.get(name), others.get(name)];
    const members = set?.entries.map(printEntry) ?? other?.members.map(plainMember) ?? ['no such set'];
    const inner = other?.type === 'list:set' ? members.map(contentOf) : [];
    const kind = set ? `${set.type} ${set.family}` : `${other?.type} ${other?.options}`;
    const content = digest([kind, ...[...members].sort(), ...inner.sort()].join('\n'));
    made.set(name, content);
    return content;
  };

  return ({ matches, target }) => {
    const names = matches.flatMap((match) => {
      if (match.kind === 'set') return known.has(match.set) ? [] : [match.set];
      return match.kind === 'unknown' ? named(match.text) : [];
    });
    if (target?.kind === 'unknown') names.push(...named(target.text));
    return names.map(contentOf).join(' ');
  };
}

function named(text: string): readonly string[] {
  return [...text.matchAll(/ --(?:match|map)-set (\S+)/g)].map(([, name = '']) => name);
}

/** Without what passes by itself, counters and remarks. */
function plainMember(text: string): string {
  return text.replace(/ (?:timeout|packets|bytes) \d+| comment ".*"$/g, '');
}
