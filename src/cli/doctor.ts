/**
 * cli: `vipc doctor`: can Services work on this node?
 */
import { examine, type Finding, STATES, type State } from '../doctor/examine.js';
import { gather } from './doctor-facts.js';
import { EXIT, type Io, painter, type Style, writeJson, writeLines } from './io.js';

export interface DoctorFlags {
  readonly netns?: string;
  readonly mode: string;
  readonly format: 'text' | 'json';
}

/** Prints the findings; returns 1 for a problem, 2 when there is none but not everything could be checked, else 0. */
export async function runDoctor(flags: DoctorFlags, io: Io): Promise<number> {
  const findings = examine(await gather(flags.mode, flags.netns, io));
  const is = (state: State) => findings.some((finding) => finding.state === state);
  if (flags.format === 'json') {
    await writeJson(io.stdout, { mode: flags.mode, fine: !is('problem') && !is('unseen'), findings }, 2);
  } else await writeLines(io.stdout, lines(findings, painter(io.stdout, io.env)));
  return is('problem') ? EXIT.different : is('unseen') ? EXIT.trouble : EXIT.ok;
}

const COLOUR: Readonly<Record<State, Style>> = { problem: 'red', warning: 'yellow', unseen: 'cyan', ok: 'green' };

const WIDTH = Math.max(...STATES.map((state) => state.length)) + 2;

/** The worst findings first, each followed by its remedy. */
function* lines(findings: readonly Finding[], paint: (style: Style, text: string) => string): Generator<string> {
  for (const state of STATES) {
    for (const { message, hint } of findings.filter((finding) => finding.state === state)) {
      yield `${paint(COLOUR[state], state)}${' '.repeat(WIDTH - state.length)}${message}`;
      if (hint !== undefined) yield `${' '.repeat(WIDTH)}${hint}`;
    }
  }
  const count = (state: State) => findings.filter((finding) => finding.state === state).length;
  const parts = [
    ...some(count('problem'), 'problem', 'problems'),
    ...some(count('warning'), 'warning', 'warnings'),
    ...some(count('unseen'), 'thing that could not be seen', 'things that could not be seen'),
  ];
  yield '';
  yield parts.length > 0 ? parts.join(', ') : 'this node is fine';
}

function some(count: number, one: string, many: string): readonly string[] {
  return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];
}
