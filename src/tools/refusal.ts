/**
 * refusal: a tool's error → the input line that it names, and the origin of that line.
 */
import { type Diagnostic, show } from '../diag.js';
import type { Line } from '../text.js';
import { failure, type Outcome } from './ask.js';
import type { Step } from './tool.js';

/** The refusal as a diagnostic. `exact` may find a better line number, from 1, than the tool names. */
export async function refusal(
  { argv, program, input }: Step,
  outcome: Outcome,
  exact: (number: number) => Promise<number> = async (number) => number,
): Promise<Diagnostic> {
  const [name = program] = argv(0);
  const named = lineNumber(outcome.stderr);
  const number = named === undefined ? undefined : await exact(named);
  const line = number === undefined ? undefined : input[number - 1];
  const said = failure(name, outcome);
  return line && number !== undefined
    ? refusalOf(said, line, number)
    : { code: 'refused', severity: 'error', message: said };
}

/** That a tool refused `line`, which is number `number` of its input. */
export function refusalOf(said: string, line: Line, number: number): Diagnostic {
  const message = `${said}: line ${number} of the input is ${show(line.text)}`;
  return { code: 'refused', severity: 'error', message, ...(line.origin ? { origin: line.origin } : {}) };
}

/** `line 3 failed`, `Error occurred at line: 3`, `Error in line 3`, `Command failed -:3`. */
function lineNumber(text: string): number | undefined {
  const [, number] = /\bline:? (\d+)|Command failed -:(\d+)/.exec(text)?.filter((part) => part !== undefined) ?? [];
  return number === undefined ? undefined : Number(number);
}
