/**
 * meetings: the example of a difference → the rules that it meets, as lines of text: those that are the same on both sides
 * first and once, then those of each side.
 */
import { type Step, stepsOf } from '../packet/branch.js';
import { briefly, isNftTable } from '../packet/nft/brief.js';
import type { Compared } from './compare.js';
import { keyOf } from './fate.js';

export interface Meetings {
  readonly alike: readonly string[];
  readonly rest: readonly (readonly string[])[];
}

export function meetings({ fates, a, b }: Compared): Meetings {
  const [mine, theirs] = [stepsTo(fates, 0, a), stepsTo(fates, 1, b)].map((steps) => steps.filter(isTold));
  const [left, right] = [mine ?? [], theirs ?? []];
  const first = left.findIndex((step, i) => keyOfStep(step) !== keyOfStep(right[i]));
  const alike = first < 0 ? Math.min(left.length, right.length) : first;
  return { alike: lines(left.slice(0, alike)), rest: [left, right].map((steps) => lines(steps.slice(alike))) };
}

/** The steps to the first fate that the other side does not have. */
function stepsTo(fates: Compared['fates'], side: 0 | 1, outcomes: Compared['a']): readonly Step[] {
  const others = new Set(fates[side === 0 ? 1 : 0].map(keyOf));
  const fate = fates[side].find((each) => !others.has(keyOf(each))) ?? fates[side][0];
  const outcome = fate?.outcome ?? outcomes[0];
  return outcome ? stepsOf(outcome) : [];
}

/** A jump to a chain without a rule that matches says nothing. */
function isTold({ text, did }: Step, i: number, steps: readonly Step[]): boolean {
  if (did) return !('chain' in did) || steps[i + 1]?.chain === did.chain;
  const [, target] = / -[jg] (\S+)$/.exec(text) ?? [];
  return target === undefined || TARGETS.has(target) || steps[i + 1]?.chain === target;
}

/** Targets that need no option; every other name at the end of a rule is a chain. */
const TARGETS: ReadonlySet<string> = new Set(
  'ACCEPT DROP RETURN MASQUERADE REDIRECT REJECT QUEUE NFQUEUE TRACE LOG NFLOG NOTRACK TPROXY AUDIT'.split(' '),
);

function keyOfStep(step: Step | undefined): string {
  return step ? `${step.hook} ${step.table} ${isNftTable(step.table) ? step.chain : ''} ${step.text}` : '';
}

/** Each rule with its number, without its comment. */
function lines(steps: readonly Step[]): readonly string[] {
  return steps.flatMap((step, i) => {
    const { hook, table } = step;
    const last = steps[i - 1];
    const head = last?.hook === hook && last.table === table ? [] : [`${hook}, table ${table}`];
    return [...head, ...(isNftTable(table) ? nftLines(step) : iptablesLines(step))];
  });
}

function iptablesLines({ rule, text }: Step): readonly string[] {
  const short = text.replace(/ -m comment --comment (?:"(?:[^"\\]|\\.)*"|\S+)/, '');
  return [`  ${rule > 0 ? String(rule).padStart(3) : '   '} ${short}`];
}

/** A rule of nftables does not say its chain. */
function nftLines({ chain, rule, text }: Step): readonly string[] {
  const { rule: short, element } = briefly(text.replace(/ comment "(?:[^"\\]|\\.)*"/, ''));
  const line = `  ${rule > 0 ? `${chain} ${rule}` : chain}: ${short}`;
  return element === undefined ? [line] : [line, `    ${element}`];
}
