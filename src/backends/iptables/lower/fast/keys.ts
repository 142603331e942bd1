/**
 * lower, layout `fast`, part: what ServicePorts claim → one rule for each address and port, and a chain where one rule is
 * not enough.
 */
import { type Chain, jumpTo, type Rule, rule } from '../../../../tools/iptables/types.js';
import { keyChain } from '../../names.js';
import type { Placed } from './dispatch.js';
import { clearMark } from './mark.js';
import type { Claim } from './service-port.js';

export interface Keys {
  readonly placed: readonly Placed[];
  readonly chains: readonly Chain[];
}

/**
 * The rules of some claims, which packets get to with the mark that `marking` sets. A key belongs to the first that
 * claims it; while packets may come back from there, it is the next one's too.
 */
export function byKey(claims: readonly Claim[], marking: readonly Rule[], mark: number): Keys {
  const byKey = new Map<string, Claim[]>();
  for (const claim of claims) {
    const list = byKey.get(claim.key);
    if (!list) byKey.set(claim.key, [claim]);
    else if (list.at(-1)?.returns) list.push(claim);
  }
  const chains: Chain[] = [];
  const placed = [...byKey].map(([key, list]): Placed => {
    const [first, ...more] = list;
    const { place, entrance, clears, owner } = first as Claim;
    if (more.length === 0 && !clears) return { ...place, rule: entrance };
    const name = keyChain(key);
    chains.push({ name, rules: () => inTurn(list, marking, mark), origin: owner.origin, owner: owner.name });
    return { ...place, rule: { ...entrance, target: jumpTo(name) } };
  });
  return { placed, chains };
}

function inTurn(list: readonly Claim[], marking: readonly Rule[], mark: number): readonly Rule[] {
  let isCleared = false;
  return list.flatMap(({ target, clears, owner }) => {
    const to = rule({}, [], jumpTo(target), owner);
    const before = clears ? [clearMark(mark)] : isCleared ? marking : [];
    isCleared = clears;
    return [...before, to];
  });
}
