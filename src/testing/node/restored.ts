/**
 * Restored: a model of iptables-restore --noflush on one table, limited to chains and the jumps between them. It gives
 * the state after each commit of a script; the kernel ring tests the real tool.
 */
import type { Line } from '../../text.js';

/** The rules of each chain, without `-A CHAIN`, with a leading space. */
export type Chains = ReadonlyMap<string, readonly string[]>;

/** The chains after each commit of a script for one table; throws where the kernel would refuse it. */
export function restored(chains: Chains, script: Iterable<Line>): readonly Chains[] {
  const states: Chains[] = [];
  let now = new Map(chains);
  for (const { text } of script) {
    if (text === 'COMMIT') {
      check(now);
      states.push(now);
    } else if (text.startsWith('*')) now = new Map(now);
    else run(now, text);
  }
  return states;
}

function run(chains: Map<string, readonly string[]>, text: string): void {
  const [, declared] = /^:(\S+) - \[0:0\]$/.exec(text) ?? [];
  if (declared !== undefined) {
    chains.set(declared, []);
    return;
  }
  const [, verb, name = '', at, rule = ''] = /^-([ADIX]) (\S+)(?: (\d+))?( .*)?$/.exec(text) ?? [];
  const rules = chains.get(name);
  if (!rules) throw new Error(`no such chain: ${text}`);
  switch (verb) {
    case 'A':
      chains.set(name, [...rules, rule]);
      return;
    case 'I':
      if (Number(at) > rules.length + 1) throw new Error(`index too big: ${text}`);
      chains.set(name, rules.toSpliced(Number(at) - 1, 0, rule));
      return;
    case 'D': {
      const found = rules.indexOf(rule);
      if (found < 0) throw new Error(`no such rule: ${text}`);
      chains.set(name, rules.toSpliced(found, 1));
      return;
    }
    case 'X':
      if (rules.length > 0) throw new Error(`not empty: ${text}`);
      chains.delete(name);
      return;
    default:
      throw new Error(`not understood: ${text}`);
  }
}

function check(chains: Chains): void {
  for (const [name, rules] of chains) {
    for (const rule of rules) {
      const [, target = ''] = / -[jg] (\S+)$/.exec(rule) ?? [];
      if (!VERDICTS.has(target) && !chains.has(target)) throw new Error(`-A ${name}${rule}: no chain ${target}`);
    }
  }
}

const VERDICTS = new Set(['', 'ACCEPT', 'DROP', 'RETURN', 'MASQUERADE']);
