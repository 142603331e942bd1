/**
 * cli: a directory made by bin/capture.sh → a Host whose programs give the recorded answers, so that it is read like
 * the node itself. docs/capture.md has the layout.
 */
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host, Outcome } from '../apply/host.js';
import { readText } from '../files.js';

/** The file that identifies a captured directory, and its version. */
export const MARK = 'vipc-capture';
const FORMAT = 'vipc-capture 1';

/** The list of commands that ran, each with its output file and exit code. */
const COMMANDS = 'commands';

/** Kernel parameters are collected without sysctl(8), all of them, in the format of sysctl(8). */
const SYSCTLS = 'sysctls';

/** Whether `path` is a captured directory; rejects when its format is unknown. */
export async function isCapture(path: string): Promise<boolean> {
  const directory = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!directory) return false;
  const mark = textIn(path, MARK);
  if (mark === undefined) return false;
  if (mark.trim() === FORMAT) return true;
  throw new Error(
    `${path} was captured in a format that this vipc does not know: ${JSON.stringify(mark.trim().slice(0, 60))}`,
  );
}

/**
 * The node that was captured into `directory`. Rejects with a message for the user when its list of commands is
 * damaged.
 */
export async function capturedHost(directory: string): Promise<Host> {
  const commands = parseCommands(directory, textIn(directory, COMMANDS) ?? '');
  const answer = async (command: string): Promise<Outcome> => {
    const found = commands.get(command);
    const program = command.split(' ')[0];
    if (!found) return { code: 127, stdout: '', stderr: `${program}: not in the capture ${directory}\n` };
    if (found.file === undefined) return { code: found.code, stdout: '', stderr: `${program}: was not on the node\n` };
    const stdout = readText(join(directory, found.file));
    const stderr = found.code === 0 ? '' : (textIn(directory, `${found.file}.err`) ?? '');
    return { code: found.code, stdout, stderr };
  };
  return { run: (argv) => (argv[0] === 'sysctl' ? sysctl(argv, answer) : answer(argv.join(' '))) };
}

/** The text of a file of a capture; undefined when the file does not exist. */
function textIn(directory: string, name: string): string | undefined {
  return existsSync(join(directory, name)) ? readText(join(directory, name)) : undefined;
}

interface Recorded {
  readonly code: number;
  /** Absent when the program was not installed. */
  readonly file: string | undefined;
}

function parseCommands(directory: string, text: string): ReadonlyMap<string, Recorded> {
  const rows = text.split('\n').filter((line) => line !== '');
  const commands = rows.map((line) => {
    // The file name has no slash, so it cannot lead out of the directory.
    const [, code, file, command] = /^(\d{1,3})\t(-|[\w.-]*\w)\t(.+)$/.exec(line) ?? [];
    if (file === undefined || command === undefined || file.startsWith('.'))
      throw new Error(`${join(directory, COMMANDS)} is damaged at ${JSON.stringify(line.slice(0, 60))}`);
    return [command, { code: Number(code), file: file === '-' ? undefined : file }] as const;
  });
  if (commands.length === 0)
    throw new Error(`${directory} is a capture without its list of commands: was it interrupted?`);
  return new Map(commands);
}

/** `sysctl -e NAME…`: the recorded ones of the names. */
async function sysctl(argv: readonly string[], answer: (command: string) => Promise<Outcome>): Promise<Outcome> {
  const recorded = await answer(SYSCTLS);
  const asked = new Set(argv.slice(1));
  const lines = recorded.stdout.split('\n').filter((line) => asked.has(line.split(' = ')[0] ?? ''));
  return { ...recorded, stdout: lines.map((line) => `${line}\n`).join('') };
}
