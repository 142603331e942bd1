/**
 * Ask: what a program of the node says, whole. Changing a node by half of what is there would destroy the other half, so
 * an answer that is cut or cannot be read is an error, and only what a node does not have is nothing.
 */
import type { Checked } from '../diag.js';

/**
 * How a program ended. `code` follows the shell's habit: 124 no answer in time, 126 not executable, 127 not found, and 128
 * with the number of the signal that ended it, such as 139 for a crash.
 */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program on the node with `stdin` (nothing when absent) and waits for its end. Never rejects because of it. */
export type Ask = (argv: readonly string[], stdin?: string | Iterable<string>) => Promise<Outcome>;

/** What `argv` printed; undefined where `isAbsent` says that the node lacks it. Throws when it failed, or was cut. */
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
  // Every tool ends its last line.
  if (outcome.stdout !== '' && !outcome.stdout.endsWith('\n')) throw new Error(`${argv.join(' ')}: ${CUT}`);
  return outcome.stdout;
}

/** The same of a program that must be there. */
export async function demand(ask: Ask, argv: readonly string[]): Promise<string> {
  return (await answer(ask, argv, () => false)) ?? '';
}

const CUT = 'the end of what it prints is missing';

/** Whether the program is not installed. */
export function isMissing({ code }: Outcome): boolean {
  return code === 127;
}

/** What was parsed; throws for a line that cannot be read, which could be one of ours, and what was decided without it wrong. */
export function understood<T>(program: string, { value, diagnostics: [first] }: Checked<T>): T {
  if (first) throw new Error(`${program} prints something that vipc does not understand: ${first.message}`);
  return value;
}

/** What tools say to a process that may not. */
export const FORBIDDEN = /permission denied|operation not permitted|must be root/i;

/** What a program said, in one line: the beginning, for iptables-nft lists whatever follows from the first thing wrong. */
export function failure(what: string, { code, stderr }: Outcome): string {
  const lines = stderr.trim().split(/\s*\n\s*/);
  const more = lines.length - MOST_LINES;
  const beginning = lines.slice(0, MOST_LINES).join('; ').replace(/:; /g, ': ');
  const said = more > 0 ? `${beginning}; and ${more} lines more` : beginning || `exit ${code}`;
  const place = /lock file.*(?:Read-only|No such file)/i.test(stderr);
  const hint = place ? ' (XTABLES_LOCKFILE names another)' : FORBIDDEN.test(stderr) ? ' (this needs root)' : '';
  return `${what}: ${said}${hint}`;
}

const MOST_LINES = 4;
