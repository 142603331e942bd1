/**
 * interfaces: conditions on an unknown interface, decided by what the branch has assumed about it before.
 */
import type { Branch } from './branch.js';
import { of, type Tri } from './tri.js';

/** `tri`, or its result by what the branch has assumed about the interface. */
export function settled(branch: Branch, tri: Tri): Tri {
  const holds = tri.kind === 'depends' ? assumed(branch, tri.on) : undefined;
  return holds === undefined ? tri : of(holds);
}

/** Whether `on`, such as `! -o docker0`, holds by the assumptions of the branch; undefined if they do not decide it. */
function assumed({ depends, flow }: Pick<Branch, 'depends' | 'flow'>, on: string): boolean | undefined {
  const asked = conditionOf(on);
  // A packet that this node sends is routed again after DNAT, so its output interface may change (ip_route_me_harder).
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
