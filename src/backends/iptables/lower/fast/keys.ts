/**
 * lower, layout `fast`, part: what ServicePorts claim → one rule for each address and port, and a chain where one rule is
 * not enough.
 */
import { type Chain, jumpTo, type Rule, rule } from '../../../../tools/iptables/types.js';
import { keyChain } from '../../names.js';
import { byOwner, type Placed } from './dispatch.js';
import { clearMark, marking } from './mark.js';
import type { Claim, FastContext } from './service-port.js';

/** All claims, by address and port. */
export interface Keys {
  /** Puts the claims of some ServicePorts in the place of others; returns the rules that go for it, and those that come. */
  replace(before: readonly Claim[], after: readonly Claim[]): readonly [Placed[], Placed[]];
  /** The chains that rules lead to. */
  chains(): readonly Chain[];
}

/** What a key has that is claimed more than once, or needs a chain. */
interface Special {
  readonly first: Claim;
  readonly placed: Placed;
  readonly chain?: Chain;
}

/**
 * No claims yet. A key belongs to the first ServicePort that claims it; while packets may come back from there, it is the
 * next one's too.
 */
export function newKeys(context: FastContext): Keys {
  const byKey = new Map<string, Claim[]>();
  // Of most keys the one claim is all.
  const specials = new Map<string, Special>();
  const placedAt = (key: string): Placed | readonly Placed[] => specials.get(key)?.placed ?? byKey.get(key)?.[0] ?? [];
  let chains: readonly Chain[] | undefined;
  return {
    replace: (before, after) => {
      const keys = new Set([...before, ...after].map(({ key }) => key));
      const were = [...keys].flatMap(placedAt);
      for (const claim of before) remove(byKey, claim);
      for (const claim of after) insert(byKey, claim);
      for (const key of keys) {
        const special = specialOf(byKey.get(key) ?? [], context);
        if (special || specials.has(key)) chains = undefined;
        if (special) specials.set(key, special);
        else specials.delete(key);
      }
      return [were, [...keys].flatMap(placedAt)];
    },
    chains: () => {
      chains ??= [...specials.values()]
        .sort(({ first: a }, { first: b }) => byOwner(a, b))
        .flatMap(({ chain }) => (chain ? [chain] : []));
      return chains;
    },
  };
}

function remove(byKey: Map<string, Claim[]>, claim: Claim): void {
  const left = byKey.get(claim.key)?.filter((each) => byOwner(each, claim) !== 0) ?? [];
  if (left.length === 0) byKey.delete(claim.key);
  else byKey.set(claim.key, left);
}

function insert(byKey: Map<string, Claim[]>, claim: Claim): void {
  const list = byKey.get(claim.key) ?? [];
  const at = list.findLastIndex((each) => byOwner(each, claim) <= 0) + 1;
  // The list itself stays as it is: chains of before make their rules when they are asked for them.
  byKey.set(claim.key, list.toSpliced(at, 0, claim));
}

function specialOf(claims: readonly Claim[], context: FastContext): Special | undefined {
  const [first] = claims;
  if (!first || (claims.length === 1 && !first.clears)) return undefined;
  const last = claims.findIndex(({ returns }) => !returns);
  const served = last < 0 ? claims : claims.slice(0, last + 1);
  if (served.length === 1 && !first.clears) return { first, placed: first };
  const { at, digits, owner, nth } = first;
  const chain: Chain = {
    name: keyChain(first.key),
    rules: () => inTurn(served, context),
    origin: owner.origin,
    owner: owner.name,
  };
  return { first, placed: { at, digits, owner, nth, rule: { ...first.rule, target: jumpTo(chain.name) } }, chain };
}

function inTurn(claims: readonly Claim[], context: FastContext): readonly Rule[] {
  const { masqueradeMark: mark } = context;
  let isCleared = false;
  return claims.flatMap(({ at, target, clears, owner }) => {
    const to = rule({}, [], jumpTo(target), owner);
    const before = clears ? [clearMark(mark)] : isCleared ? marking(context, at) : [];
    isCleared = clears;
    return [...before, to];
  });
}
