/**
 * interfaces: what a branch has assumed of an unknown interface answers the next question about the same.
 */
import type { Branch } from './branch.js';
import { of, type Tri } from './tri.js';

/** `tri`, or what the branch has assumed of the same interface already. */
export function settled(branch: Branch, tri: Tri): Tri {
  const holds = tri.kind === 'depends' ? assumed(branch, tri.on) : undefined;
  return holds === undefined ? tri : of(holds);
}

/** Whether `on`, such as `! -o docker0`, holds by what the branch depends on already; undefined when that does not say. */
function assumed({ depends, flow }: Pick<Branch, 'depends' | 'flow'>, on: string): boolean | undefined {
  const asked = conditionOf(on);
  // What this node sends may be routed once more, after its destination was translated.
  if (!asked || (asked.option === '-o' && flow.isLocal)) return undefined;
  for (const each of depends) {
    const known = conditionOf(each);
    if (known?.option !== asked.option) continue;
    if (known.name === asked.name) return known.holds === asked.holds;
    // One interface has one name.
    if (known.holds && !known.name.endsWith('+') && !asked.name.endsWith('+')) return !asked.holds;
  }
  return undefined;
}

interface InterfaceCondition {
  readonly option: string;
  readonly name: string;
  readonly holds: boolean;
}

function conditionOf(text: string): InterfaceCondition | undefined {
  const [, not, negated, option, name] = /^(not )?(! )?(-[io]) (\S+)$/.exec(text) ?? [];
  if (option === undefined || name === undefined) return undefined;
  return { option, name, holds: (not === undefined) === (negated === undefined) };
}
