/**
 * Apply: brings a node to what is wanted by the smallest change, and looks whether it is there.
 *
 *     read ─ plan ─ run ─ read ─ plan: empty? done
 *                    └ refused: read ─ plan: another? somebody else was at work, so run that
 *                                            the same? the rules go back to what they were
 */
import type { Program } from '../backends/backend.js';
import { ownershipIn } from '../backends/ours.js';
import type { Diagnostic } from '../diag.js';
import type { Live } from '../diff/live.js';
import { own } from '../diff/own.js';
import { type Plan, type PlanOptions, plan, type Step } from '../diff/plan.js';
import { readLive } from './read.js';
import { readRules } from './read-rules.js';
import { explainIpvsadm, rehearse, runSteps, type Target } from './run.js';

export interface Applied {
  /** What was there before, and in the end. */
  readonly before: Live;
  readonly after: Live;
  /** What was to be done. */
  readonly plan: Plan;
  /** What still differs in the end; empty when all is as wanted. */
  readonly rest: Plan;
  /** What a tool refused, and what became of it. */
  readonly diagnostics: readonly Diagnostic[];
}

/** How often a plan is made anew because somebody else changed things while the one before ran. */
const ATTEMPTS = 4;

/** Makes the node what `wanted` says, from what somebody has just `looked` at; throws when it cannot be read. */
export async function apply(target: Target, wanted: Program, options: PlanOptions, looked?: Live): Promise<Applied> {
  const read = () => readLive(target.host, target.iptables, wanted);
  const before = looked ?? (await read());
  let after = before;
  const first = plan(before, wanted, options);
  await rehearse(first.steps, target);
  let next = first;
  let warnings: readonly Diagnostic[] = [];
  for (let attempt = 0; attempt < ATTEMPTS && next.steps.length > 0; attempt++) {
    const ran = await runSteps(next.steps, target);
    const { refused } = ran;
    warnings = ran.warnings;
    after = await read();
    const all = plan(after, wanted, options);
    const rest = warnings.length > 0 ? withoutSysctls(all) : all;
    const settled = isSame(rest, next) || attempt === ATTEMPTS - 1;
    if (refused && settled) {
      const diagnostics = await giveUp(target, before, rest, refused, options);
      after = await read();
      return {
        before,
        after,
        plan: first,
        rest: plan(after, wanted, options),
        diagnostics: [...diagnostics, ...warnings],
      };
    }
    next = rest;
    // Somebody who changes rules as fast as we do would keep us busy for ever; a second look tells.
    if (!refused && attempt > 0) break;
  }
  return {
    before,
    after,
    plan: warnings.length > 0 ? withoutSysctls(first) : first,
    rest: next,
    diagnostics: warnings,
  };
}

/** What cannot be set is said, and then left out. */
function withoutSysctls({ differences, steps }: Plan): Plan {
  return { differences: { ...differences, sysctls: {} }, steps: steps.filter(({ tool }) => tool !== 'sysctl') };
}

function isSame(a: Plan, b: Plan): boolean {
  const text = ({ steps }: Plan) =>
    steps.map(({ tool, input }) => [tool, ...input.map((line) => line.text)].join('\n'));
  return text(a).join('\n') === text(b).join('\n');
}

/** The rules that were there serve better than half of the new ones; what was `refused`, and what became of it. */
async function giveUp(
  target: Target,
  before: Live,
  { steps: left }: Plan,
  refused: Diagnostic,
  options: PlanOptions,
): Promise<readonly Diagnostic[]> {
  const [failed] = left;
  const explained = failed?.tool === 'ipvsadm' ? await explainIpvsadm(failed, target) : [];
  const why = explained.length > 0 ? explained : [refused];
  // No rule needs the sets that are left over.
  if (left.every(({ tool }) => tool === 'ipset')) return why;
  const { refused: again } = await runSteps(await undo(target, before, options), target);
  const outcome = again
    ? { ...again, message: `the rules could not be put back to what they were: ${again.message}` }
    : RULES_AS_BEFORE;
  return [...why, outcome];
}

const RULES_AS_BEFORE: Diagnostic = {
  code: 'rules-kept',
  severity: 'warning',
  message: 'the iptables rules are what they were before',
};

/** How to get the rules back that were there. */
async function undo(target: Target, before: Live, options: PlanOptions): Promise<readonly Step[]> {
  const now = await readRules(target.host, target.iptables);
  const families = before.ruleSets.map((ruleSet) => ({
    about: { family: ruleSet.family, ports: 0 },
    ruleSet: own(ruleSet, ownershipIn(ruleSet)),
    sets: [],
    virtualServers: [],
    addresses: [],
  }));
  const { steps } = plan({ ...before, ruleSets: now }, { families, sysctls: {} }, options);
  return steps.filter(({ tool }) => tool === 'iptables' || tool === 'ip6tables');
}
