/**
 * turns: rules that the kernel calls at one hook and priority: the same table of both variants of iptables, and base
 * chains of nftables.
 *
 * Which one is first is the order in which they were registered: nf_hook_entries_grow puts the later one before another of
 * the same priority. No dump has that order, so both ways are followed, unless they come to the same.
 */
import type { Branch } from './branch.js';
import type { Flow } from './packet.js';
import { apart } from './twins.js';
import type { Walked } from './walk.js';

/** Rules that a branch walks through. */
export interface Asker {
  /** `iptables-legacy`, `ip kube-proxy` */
  readonly name: string;
  readonly walk: (branch: Branch) => readonly Walked[];
}

/** The branches that a branch ends in; nothing is asked about one that `isPast`. `where` is such as `filter FORWARD`. */
export function askAll(
  askers: readonly Asker[],
  where: string,
  branch: Branch,
  isPast: (flow: Flow) => boolean,
): readonly Walked[] {
  const [only] = askers;
  if (only && askers.length === 1) return isPast(branch.flow) ? [{ branch, verdict: 'accept' }] : only.walk(branch);
  return apart(branch).flatMap((each) => askInTurns(askers, where, each, isPast));
}

function askInTurns(
  askers: readonly Asker[],
  where: string,
  branch: Branch,
  isPast: (flow: Flow) => boolean,
): readonly Walked[] {
  const one = inTurn(askers, branch, isPast);
  if (one.acted.size === 0) return one.walked;
  const backwards = [...askers].reverse();
  const other = inTurn(backwards, branch, isPast);
  const acted = new Set([...one.acted, ...other.acted]);
  if (acted.size < 2) return one.walked;
  const names = [...acted].sort().reverse().join(' and ');
  const condition = `which of ${names} is first in ${where}`;
  return [
    ...inTurn(askers, assuming(branch, condition), isPast).walked,
    ...inTurn(backwards, assuming(branch, `not ${condition}`), isPast).walked,
  ];
}

function assuming(branch: Branch, condition: string): Branch {
  return { ...branch, depends: [...branch.depends, condition] };
}

interface Asked {
  readonly walked: readonly Walked[];
  /** The names of those that changed or ended a branch. */
  readonly acted: ReadonlySet<string>;
}

function inTurn(askers: readonly Asker[], branch: Branch, isPast: (flow: Flow) => boolean): Asked {
  const ended: Walked[] = [];
  const acted = new Set<string>();
  let left: readonly Branch[] = [branch];
  for (const { name, walk } of askers) {
    const accepted: Branch[] = [];
    for (const each of left) {
      if (isPast(each.flow)) {
        accepted.push(each);
        continue;
      }
      for (const walked of walk(each)) {
        if (walked.verdict === 'accept') accepted.push(walked.branch);
        else ended.push(walked);
        if (walked.verdict !== 'accept' || walked.branch.flow !== each.flow) acted.add(name);
      }
    }
    left = accepted;
  }
  return { walked: [...ended, ...left.map((each): Walked => ({ branch: each, verdict: 'accept' }))], acted };
}
