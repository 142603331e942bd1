/**
 * Tool: the contract of everything that programs a node. A tool is a folder: its rules as data, with parser, printer
 * and diff, and a `tool.ts` that implements this contract. It is pure: it reaches the node only through the `ask` it is
 * given.
 *
 *     read     ask → Observed                        the observed state of the node
 *     foreign  Observed → Observed                   its foreign part
 *     assume   Observed × Desired → Observed         with ours as programmed since the read
 *     diff     Observed × Desired → Difference
 *     steps    Difference → Step[]                   what to feed the tool, by phase
 *     changes  Difference → sections                 the difference as texts
 *     show     Desired × Service → sections          the part for one Service
 *     rejected Step × Outcome → Rejection            the refused line and its origin
 */
import type { Diagnostic } from '../diag.js';
import type { Family } from '../ip.js';
import type { Owner } from '../owner.js';
import type { SectionChange } from '../review/compare.js';
import type { Line, Section, Text } from '../text.js';
import type { Ask, Outcome } from './ask.js';
import type { Detected } from './detected.js';

/** The names of the parts of a change. */
export type Phase = 'make' | 'grow' | 'whole' | 'shrink';

/** One run of a program that reads its commands from standard input. */
export interface Step {
  /** The name of its tool. */
  readonly tool: string;
  /** The program's name in logs and metrics. */
  readonly program: string;
  /** Its command line, given how many seconds it may wait for a lock. */
  readonly argv: (waitSeconds: number) => readonly string[];
  readonly input: readonly Line[];
  /** The same, made line by line at each iteration, where `input` is large and made only when it is asked for. */
  readonly text?: Text;
}

/** The input of a step. */
export function textOf(step: Step): Text {
  return step.text ?? step.input;
}

/** Whether a step has no input. */
export function isEmpty(step: Step): boolean {
  for (const _ of step.text ?? step.input) return false;
  return true;
}

/** How to write the steps of a change. */
export interface How extends Detected {
  /** Most chains of iptables in one commit. */
  readonly chainsPerCommit: number;
  /** Most new chains of nftables in one transaction; when absent, as was measured. */
  readonly chainsPerTransaction?: number;
}

/** What to read: for which desired state, and what is ours. */
export interface ReadScope<Desired, Ours, Observed = unknown> extends Detected {
  /** Absent when nothing is desired of the tool. */
  readonly desired: Desired | undefined;
  readonly ours: Ours;
  /** What was read a moment ago, if it is not to be read again. */
  readonly known?: Observed | undefined;
}

/**
 * How to look at a large state beside changes: it is a set of parts, each with a text that names it and has all of it. So a
 * node is compared with what was programmed by fingerprints, of which few bytes are kept.
 */
export interface Look<Desired, Observed, Ours> {
  /**
   * Those of a state, apart from `rest`; several states together have those of each. What is the very same object in
   * `but` may be left out.
   */
  parts(desired: Desired, ours: Ours, but?: Desired): Iterable<string>;
  /** What of a desired state is compared itself, because it stands beside foreign state or is small. */
  rest(desired: Desired, ours: Ours): Desired;
  /**
   * The observed state without the parts that `isKnown` says are as programmed, in whichever spelling; undefined when it
   * has others. Each part is asked for as it is read.
   */
  read(
    ask: Ask,
    scope: ReadScope<Desired, Ours, Observed>,
    isKnown: (part: string) => boolean,
  ): Promise<{ readonly observed: Observed } | undefined>;
}

/** Before and after as texts, split for review. */
export interface Sides {
  readonly before: readonly Section[];
  readonly after: readonly Section[];
}

/** A difference as readers see it. */
export interface Changes extends Sides {
  /** Chains with moved lines, which before and after alone would not show. */
  readonly edits: readonly SectionChange[];
}

/** What was refused of a step. */
export interface Rejection {
  readonly why: Diagnostic;
  /** The step without it, where one refused object need not stop the others. */
  readonly rest?: Step;
}

/** Lines under a heading. */
export type Shown = readonly string[];

export interface Tool<Name extends string, Desired, Observed, Difference, Ours> {
  readonly name: Name;
  /** The observed state of a node that has nothing of it. */
  readonly nothing: Observed;
  /**
   * Set when one input changes everything at once. It is split in two only around steps that move packets between
   * servers.
   */
  readonly isAtomic?: true;
  /** Set when a refusal is only a warning with this code and hint. */
  readonly optional?: { readonly code: string; readonly hint: string };
  /** Set when leftovers of a refused step do no harm. */
  readonly isHarmless?: true;

  /** The observed state; `nothing` where the node cannot have any. Throws when it cannot be read completely. */
  read(ask: Ask, scope: ReadScope<Desired, Ours, Observed>): Promise<Observed>;
  /** Absent: the state is small, and is read and compared as a whole. */
  readonly look?: Look<Desired, Observed, Ours>;
  /** The foreign part of the observed state. */
  foreign(observed: Observed, ours: Ours): Observed;
  /** The node on which `desired` was programmed beside `foreign`. */
  assume(foreign: Observed, desired: Desired | undefined): Observed;
  /** The foreign part after the change was carried out, where a change writes into it; absent: it stays. */
  settled?(foreign: Observed, difference: Difference): Observed;
  /** `assumed`, read again as far as `difference` depends on what changes by itself; the very same when it does not. */
  recheck?(ask: Ask, assumed: Observed, difference: Difference): Promise<Observed>;
  /** What stays after a change until it ends by itself: a part of the foreign state, and the ServicePorts it is of. */
  left?(difference: Difference): { readonly foreign: Observed; readonly owners: readonly Owner[] };
  /** The difference; without `desired` all that is ours must go. */
  diff(observed: Observed, desired: Desired | undefined, ours: Ours): Difference;
  /** The input of one phase; a step without input is left out. */
  steps(difference: Difference, phase: Phase, desired: Desired | undefined, how: How): readonly Step[];
  /** The difference as texts, by Service. */
  changes(difference: Difference, observed: Observed, ours: Ours): Changes;
  /** Two desired states without what is the very same object in both; absent: they have little of that. */
  apart?(before: Desired, after: Desired): readonly [Desired, Desired];
  /** The part that serves one family. */
  ofFamily(desired: Desired, family: Family): Desired;
  /** The part that serves one Service: everything that `owns` accepts. */
  show(desired: Desired, owns: (owner: Owner) => boolean): readonly Shown[];

  /** Warnings about the observed state. */
  remarks?(observed: Observed | undefined, desired: Desired | undefined, ours: Ours): readonly Diagnostic[];
  /** What waits for its end, in words. */
  notes?(difference: Difference): readonly string[];
  /**
   * Our part of the observed state, as a desired state; present where a refused step can be undone by going back to it.
   */
  own?(observed: Observed, ours: Ours): Desired;
  /** Throws when the tool would refuse the step, for tools whose refusal would come too late. */
  rehearse?(step: Step, ask: Ask): Promise<void>;
  /** Whether the run succeeded; when absent, exit code 0. */
  isDone?(outcome: Outcome): boolean;
  /** Whether it could not begin because another program holds its lock. */
  isBusy?(outcome: Outcome): boolean;
  /** The refusal and the origin of the refused input; when absent, found by the line number that the tool names. */
  rejected?(step: Step, outcome: Outcome, ask: Ask, waitSeconds: number): Promise<Rejection>;
  /** The refused parts of a step and why, for a tool that names no line: runs each part by itself. */
  explain?(step: Step, ask: Ask): Promise<readonly Diagnostic[]>;
}

/** Any tool. */
export type AnyTool = Tool<string, unknown, unknown, unknown, unknown>;

/** Changes without edits. */
export function sides(before: readonly Section[], after: readonly Section[]): Changes {
  return { before, after, edits: [] };
}

/** A section, with its Service where that is known. */
export function section(title: string, lines: readonly string[], service?: string | undefined): Section {
  return { title, lines, ...(service === undefined ? {} : { service }) };
}
