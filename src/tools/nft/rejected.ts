/**
 * rejected: a refusal by nft → the command of its input, the Service that it came from, and the input without that
 * Service: one transaction holds all Services, and one that the kernel refuses must not stop the others.
 */
import type { Diagnostic } from '../../diag.js';
import { type Ask, failure, type Outcome } from '../ask.js';
import { refusalOf } from '../refusal.js';
import type { Rejection, Step } from '../tool.js';
import { crashSentence, isCrash } from './crash.js';

export async function rejected(step: Step, outcome: Outcome, ask: Ask): Promise<Rejection> {
  const [program = step.program] = step.argv(0);
  if (isCrash(outcome)) return { why: refused(`${await crashSentence(ask, program)}; nothing is changed`) };
  if (outcome.code !== REFUSED) return { why: refused(failure(program, outcome)) };
  const error = firstError(outcome);
  const place = error.line === undefined ? await culprit(step, ask) : error.line - 1;
  const line = place === undefined ? undefined : step.input[place];
  if (!line) return { why: refused(`${program}: ${error.text}`) };
  const why = refusalOf(`${program}: ${error.text}`, line, (place ?? 0) + 1);
  const rest = step.input.filter((each) => each !== line && (line.origin === undefined || each.origin !== line.origin));
  return { why, rest: { ...step, input: rest } };
}

/** How nft exits when it refuses a command; for all else, such as a signal or no answer in time, none is to blame. */
const REFUSED = 1;

function refused(message: string): Diagnostic {
  return { code: 'refused', severity: 'error', message };
}

/** nft goes on after an error, and shows each with the line below it; what follows the first may only follow from it. */
function firstError({ code, stderr }: Outcome): { readonly text: string; readonly line?: number } {
  const [, line, text] = /^\S*?:(\d+):\d+-\d+: Error: (.*)$/m.exec(stderr) ?? [];
  if (line !== undefined && text !== undefined) return { text, line: Number(line) };
  return { text: stderr.trim().split('\n', 1).join() || `exit ${code}` };
}

/**
 * Where nft names no line, as for "No buffer space available", which many errors at once end in: the index of the first
 * command that cannot be carried out after those before it; undefined when not even an empty input passes. Nothing is
 * changed by the search.
 */
async function culprit({ argv, input }: Step, ask: Ask): Promise<number | undefined> {
  const [program = '', ...rest] = argv(0);
  const refuses = async (count: number): Promise<boolean> =>
    (
      await ask(
        [program, '--check', ...rest],
        input.slice(0, count).map(({ text }) => `${text}\n`),
      )
    ).code !== 0;
  if (!(await refuses(input.length)) || (await refuses(0))) return undefined;
  // Invariant: the kernel accepts the commands up to `good`, and refuses those up to `bad`.
  let [good, bad] = [0, input.length];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (await refuses(middle)) bad = middle;
    else good = middle;
  }
  return bad - 1;
}
