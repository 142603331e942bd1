/**
 * Tool: the one contract of all that programs a node. A tool is a folder: its rules as data, printed, parsed and compared,
 * and a `tool.ts` that offers this. It is pure: it reaches the node only by the `ask` that it is given.
 *
 *     read     ask → Observed                        what is on the node
 *     foreign  Observed → Observed                   without what is ours
 *     assume   Observed × Desired → Observed         the same with what was programmed since
 *     diff     Observed × Desired → Difference
 *     steps    Difference → Step[]                   what to feed the tool, by phase
 *     changes  Difference → sections                 the same for people
 *     show     Desired × Service → sections          what is there for one Service
 *     rejected Step × Outcome → Diagnostic           what was refused, led back to the line and its origin
 */
import type { Diagnostic } from '../diag.js';
import type { Family } from '../ip.js';
import type { Owner } from '../owner.js';
import type { SectionChange } from '../review/compare.js';
import type { Line, Section } from '../text.js';
import type { Ask, Outcome } from './ask.js';
import type { Detected } from './detected.js';

/** What the parts of a change are called. */
export type Phase = 'make' | 'grow' | 'whole' | 'shrink';

/** One run of a program that reads what to do from its standard input. */
export interface Step {
  /** The name of its tool. */
  readonly tool: string;
  /** What logs and metrics call the program. */
  readonly program: string;
  /** Its command line, when it is to wait at most so many seconds for a lock. */
  readonly argv: (waitSeconds: number) => readonly string[];
  readonly input: readonly Line[];
}

/** How to write the steps of a change. */
export interface How extends Detected {
  /** Chains of iptables in one commit. */
  readonly chainsPerCommit: number;
}

/** What to read: for what state, and what is ours. */
export interface ReadScope<Desired, Ours> extends Detected {
  /** Absent when nothing is wanted of the tool. */
  readonly desired: Desired | undefined;
  readonly ours: Ours;
}

/** Before and after as texts, taken apart for review. */
export interface Sides {
  readonly before: readonly Section[];
  readonly after: readonly Section[];
}

/** What a difference comes to for people. */
export interface Changes extends Sides {
  /** Chains of which two texts would not show which lines moved. */
  readonly edits: readonly SectionChange[];
}

/** Lines under a heading. */
export type Shown = readonly string[];

export interface Tool<Name extends string, Desired, Observed, Difference, Ours> {
  readonly name: Name;
  /** What a node has of it that has nothing. */
  readonly nothing: Observed;
  /** Set when it changes by itself, so that what was programmed does not say what is there. */
  readonly isVolatile?: true;
  /** Set when one input changes everything at once. It is split in two only around steps that move packets to servers. */
  readonly isAtomic?: true;
  /** Set when a refusal is only a warning with this code and hint. */
  readonly optional?: { readonly code: string; readonly hint: string };
  /** Set when what a refusal leaves over does no harm. */
  readonly isHarmless?: true;

  /** What there is on the node; `nothing` where it cannot have any. Throws when that cannot be read whole. */
  read(ask: Ask, scope: ReadScope<Desired, Ours>): Promise<Observed>;
  /** What others have. */
  foreign(observed: Observed, ours: Ours): Observed;
  /** The node on which `desired` was programmed beside `foreign`. */
  assume(foreign: Observed, desired: Desired | undefined): Observed;
  /** What differs; without `desired` all that is ours is to go. */
  diff(observed: Observed, desired: Desired | undefined, ours: Ours): Difference;
  /** What to feed the tool in one phase; a step without input is left out. */
  steps(difference: Difference, phase: Phase, desired: Desired | undefined, how: How): readonly Step[];
  /** What differs, in texts by Service. */
  changes(difference: Difference, observed: Observed, ours: Ours): Changes;
  /** What of it serves one family. */
  ofFamily(desired: Desired, family: Family): Desired;
  /** What is there for one Service: that of which `owns` says so. */
  show(desired: Desired, owns: (owner: Owner) => boolean): readonly Shown[];

  /** Warnings about what is there. */
  remarks?(observed: Observed | undefined, desired: Desired | undefined, ours: Ours): readonly Diagnostic[];
  /** What waits, in words. */
  notes?(difference: Difference): readonly string[];
  /** What of a node is ours, as if it were desired; offered where the old state is a way back when a step is refused. */
  own?(observed: Observed, ours: Ours): Desired;
  /** Throws when the tool would refuse a step in the end, which to find out then would be too late. */
  rehearse?(step: Step, ask: Ask): Promise<void>;
  /** Whether it did what it was told; absent: exit code 0. */
  isDone?(outcome: Outcome): boolean;
  /** Whether it could not begin, for another program holds its lock. */
  isBusy?(outcome: Outcome): boolean;
  /** What was refused, and from where in the input it came; absent: by the number of the line that the tool names. */
  rejected?(step: Step, outcome: Outcome, ask: Ask, waitSeconds: number): Promise<Diagnostic>;
  /** What of a refused step is refused and why, for a tool that names no line: each is run by itself. */
  explain?(step: Step, ask: Ask): Promise<readonly Diagnostic[]>;
}

/** Any tool. */
export type AnyTool = Tool<string, unknown, unknown, unknown, unknown>;

/** Changes without edits. */
export function sides(before: readonly Section[], after: readonly Section[]): Changes {
  return { before, after, edits: [] };
}

/** A section, with whose it is where that is known. */
export function section(title: string, lines: readonly string[], service?: string | undefined): Section {
  return { title, lines, ...(service === undefined ? {} : { service }) };
}
