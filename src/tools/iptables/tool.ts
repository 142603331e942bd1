/**
 * iptables as a tool: the rules of both families, programmed through the variant that the node uses.
 */
import type { Family } from '../../ip.js';
import { joined } from '../../text.js';
import type { Outcome } from '../ask.js';
import type { How, Phase, Step, Tool } from '../tool.js';
import { assume, foreign, settled } from './assume.js';
import { changesOf } from './changes.js';
import { diff, type RuleSetDiff } from './diff.js';
import { look } from './look.js';
import { own } from './own.js';
import type { IptablesOurs } from './ownership.js';
import type { SavedRuleSet } from './parse.js';
import { readAll } from './read-all.js';
import { isLocked, rejected } from './rejected.js';
import { remarks } from './remarks.js';
import { type ScriptPhase, script } from './script.js';
import { showChains } from './show.js';
import { apart, type IptablesState } from './state.js';

export const iptables: Tool<'iptables', IptablesState, readonly SavedRuleSet[], readonly RuleSetDiff[], IptablesOurs> =
  {
    name: 'iptables',
    nothing: [],
    isAtomic: true,

    read: readAll,
    look,
    foreign: (observed, ours) => observed.map((ruleSet) => foreign(ruleSet, ours)),
    assume: (others, desired) => others.map((ruleSet) => assume(ruleSet, desired?.ruleSets ?? [])),
    settled: (others, differences) => others.map((ruleSet) => settled(ruleSet, differences)),
    diff: (observed, desired, ours) =>
      observed.map((there) => {
        const { family } = there;
        const desiredRules = desired?.ruleSets.find((each) => each.family === family) ?? { family, tables: [] };
        return diff(there, ours.beside(there, desiredRules), ours.ownershipIn(there));
      }),
    steps: stepsOf,
    changes: (differences, _, ours) => changesOf(differences, ours.isServiceChain),
    apart,
    ofFamily: ({ ruleSets, ...rest }, of) => ({ ...rest, ruleSets: ruleSets.filter(({ family }) => family === of) }),
    show: ({ ruleSets }, owns) => ruleSets.flatMap((ruleSet) => showChains(ruleSet, owns)),
    remarks: (observed = [], desired, ours) => remarks(observed, desired?.ruleSets ?? [], ours),
    own: (observed, ours) => ({
      ruleSets: observed.map((ruleSet) => own(ruleSet, ours.ownershipIn(ruleSet))),
      isComplete: true,
    }),
    isBusy: (outcome: Outcome) => isLocked(outcome),
    rejected: (step, outcome, ask, waitSeconds) => rejected(step, outcome, ask, waitSeconds),
  };

/** The parts of the input for one family, in order: the table, and its phase. */
type Parts = readonly (readonly [table: string, phase: ScriptPhase])[];

/**
 * An atomic change is one input. filter rejects what nat does not serve yet, or no longer serves, until nat has switched
 * from the old state to the new in one commit. mangle holds only what kube-proxy left.
 */
const PARTS: Readonly<Partial<Record<Phase, Parts>>> = {
  whole: [
    ['filter', 'grow'],
    ['nat', 'whole'],
    ['filter', 'settle'],
    ['mangle', 'whole'],
  ],
  grow: [
    ['filter', 'grow'],
    ['nat', 'grow'],
  ],
  shrink: [
    ['nat', 'settle'],
    ['filter', 'settle'],
    ['mangle', 'whole'],
  ],
};

function stepsOf(
  differences: readonly RuleSetDiff[],
  phase: Phase,
  desired: IptablesState | undefined,
  { iptables, chainsPerCommit }: How,
): readonly Step[] {
  // iptables-legacy writes the whole table for each commit.
  const deletesFirst = iptables?.variant === 'nft';
  // During a change of mode rules of both modes exist; those of iptables mode come first, as DNAT needs nothing else.
  const growing = desired && !desired.isComplete ? 'old-first' : 'new-first';
  const options = { chainsPerCommit, deletesFirst, editedFrom: LONG_CHAIN, growing } as const;
  return differences.map(({ family, tables }): Step => {
    const texts = (PARTS[phase] ?? []).flatMap(([name, half]) =>
      tables.filter((table) => table.name === name).map((table) => script(table, half, options)),
    );
    const text = joined(texts);
    const restore = `${iptables?.program[family] ?? PROGRAM[family]}-restore`;
    return {
      tool: 'iptables',
      program: PROGRAM[family],
      argv: (waitSeconds) => [restore, '--noflush', `--wait=${waitSeconds}`],
      // All rules of a large cluster are never needed at once.
      text,
      get input() {
        return [...text];
      },
    };
  });
}

/** Shorter chains are read more easily as a whole, and written as fast. */
const LONG_CHAIN = 64;

const PROGRAM: Readonly<Record<Family, string>> = { ipv4: 'iptables', ipv6: 'ip6tables' };
