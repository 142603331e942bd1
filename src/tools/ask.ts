/**
 * Ask: runs a program on the node and returns its complete output. A change computed from half of the node's state
 * would destroy the other half. So output that is cut or cannot be read is an error; only what the node really lacks
 * counts as empty.
 */
import type { Checked } from '../diag.js';

/**
 * How a program ended. `code` follows the shell's convention: 124 timed out, 126 not executable, 127 not found, and 128
 * plus the signal number for a program that a signal ended, such as 139 for a crash.
 */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program on the node with `stdin` (empty when absent) and waits for its end. A failing program never rejects. With
 * `take` it may hand over the output piece by piece, which is then left out of the outcome.
 */
export type Ask = (
  argv: readonly string[],
  stdin?: string | Iterable<string>,
  take?: (piece: string) => void,
) => Promise<Outcome>;

/** The output of `argv`; undefined where `isAbsent` says that the node lacks it. Throws when it failed or was cut. */
export async function answer(
  ask: Ask,
  argv: readonly string[],
  isAbsent: (outcome: Outcome) => boolean = isMissing,
): Promise<string | undefined> {
  const outcome = await ask(argv);
  if (outcome.code !== 0) {
    if (isAbsent(outcome)) return undefined;
    throw new Error(failure(argv.join(' '), outcome));
  }
  // Every tool ends its last line with a newline.
  if (outcome.stdout !== '' && !outcome.stdout.endsWith('\n')) throw new Error(`${argv.join(' ')}: ${CUT}`);
  return outcome.stdout;
}

/** The outcome of a program whose output is taken line by line, as it comes. Throws when the last line was cut. */
export async function eachLine(ask: Ask, argv: readonly string[], take: (line: string) => void): Promise<Outcome> {
  let rest = '';
  const takePiece = (piece: string): void => {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
  };
  const outcome = await ask(argv, undefined, takePiece);
  takePiece(outcome.stdout);
  if (outcome.code === 0 && rest !== '') throw new Error(`${argv.join(' ')}: ${CUT}`);
  return { ...outcome, stdout: '' };
}

/** The output of a program that must be installed. */
export async function demand(ask: Ask, argv: readonly string[]): Promise<string> {
  return (await answer(ask, argv, () => false)) ?? '';
}

const CUT = 'the end of its output is missing';

/** Whether the program is not installed. */
export function isMissing({ code }: Outcome): boolean {
  return code === 127;
}

/** The parsed value. Throws for an unreadable line: it could be one of our rules, and the decision without it wrong. */
export function understood<T>(program: string, { value, diagnostics: [first] }: Checked<T>): T {
  if (first) throw new Error(`${program} prints something that vipc does not understand: ${first.message}`);
  return value;
}

/** What tools print when the process lacks the privileges. */
export const FORBIDDEN = /permission denied|operation not permitted|must be root/i;

/**
 * A program's error in one line. Only its first lines count: iptables-nft also lists everything after the first error.
 */
export function failure(what: string, { code, stderr }: Outcome): string {
  const lines = stderr.trim().split(/\s*\n\s*/);
  const more = lines.length - MOST_LINES;
  const beginning = lines.slice(0, MOST_LINES).join('; ').replace(/:; /g, ': ');
  const said = more > 0 ? `${beginning}; and ${more} lines more` : beginning || `exit ${code}`;
  const place = /lock file.*(?:Read-only|No such file)/i.test(stderr);
  const hint = place ? ' (set XTABLES_LOCKFILE to use another)' : FORBIDDEN.test(stderr) ? ' (this needs root)' : '';
  return `${what}: ${said}${hint}`;
}

const MOST_LINES = 4;
