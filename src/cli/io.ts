/**
 * cli: the streams and colours of the process and the access to nodes, so that tests can run commands with others. All
 * output goes through here; it contains no terminal control sequences but our own colours:
 *     writeLines, say    for people: every line is printable
 *     writeJson          for programs: unsafe characters are escaped
 *     write, writeText   for programs: as it is, but on a terminal printable
 */
import { randomBytes } from 'node:crypto';
import { fstatSync } from 'node:fs';
import { styleText } from 'node:util';
import { type HostAt, hostAt } from '../apply/host.js';
import { escapedJson, printable, printableLines } from '../printable.js';
import { chunks, type Text } from '../text.js';
import { hide } from './progress.js';

export interface Io {
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly hostAt: HostAt;
}

/** Standard input is opened only when it is first read. */
export const PROCESS_IO: Io = Object.create(process, { hostAt: { value: hostAt } });

/** Exit codes, as those of grep and diff. */
export const EXIT = { ok: 0, different: 1, trouble: 2 } as const;

export type Style = 'red' | 'green' | 'yellow' | 'cyan' | 'bold' | 'dim';

/**
 * Stands for the ESC of a colour until the line is written. Text from outside cannot contain it, so it cannot have
 * colours.
 */
const ESC = `\ufdd0${randomBytes(8).toString('hex')}`;

/** Colours for a stream: only on a terminal, and never with NO_COLOR (https://no-color.org). */
export function painter(stream: Io['stdout'], env: Io['env']): (style: Style, text: string) => string {
  const on = stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  return (style, text) =>
    on ? styleText(style, printableLines(text), { validateStream: false }).replaceAll('\u001b', ESC) : text;
}

/** Text with the marks of painter() as a terminal may get it; line ends stay. */
export function shown(text: string): string {
  return printableLines(text).replaceAll(ESC, '\u001b');
}

/** Whether there is input to wait for: a pipe or a file, not a terminal or /dev/null. */
export function isPipe(stream: Io['stdin']): boolean {
  if (stream.isTTY === true) return false;
  const { fd } = stream as { readonly fd?: unknown };
  try {
    return typeof fd !== 'number' || !fstatSync(fd).isCharacterDevice();
  } catch {
    return false; // closed
  }
}

/** Everything that comes in on standard input. */
export async function readAll(stream: Io['stdin']): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

/** Writes `pieces`, waiting whenever the reader is slower; output without a reader is dropped. */
export async function write(stream: Io['stdout'], pieces: Iterable<string>): Promise<void> {
  for (const piece of pieces) {
    const text = stream.isTTY === true ? printableLines(piece) : piece;
    if (!put(stream, text)) await drained(stream);
  }
}

/** Writes text that is already printable; false when the reader is slower. */
function put(stream: Io['stdout'], text: string): boolean {
  if (stream.isTTY === true) hide();
  return !stream.writable || stream.write(text);
}

/** Writes `value` as JSON. */
export function writeJson(stream: Io['stdout'], value: unknown, indent?: number): Promise<void> {
  return writeJsonPieces(stream, [`${JSON.stringify(value, null, indent)}\n`]);
}

/** Writes JSON text in pieces. */
export function writeJsonPieces(stream: Io['stdout'], pieces: Iterable<string>): Promise<void> {
  const escaped = {
    *[Symbol.iterator]() {
      for (const piece of pieces) yield escapedJson(piece);
    },
  };
  return write(stream, escaped);
}

/** Resolves when the stream can take more, or never will again. */
function drained(stream: Io['stdout']): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      for (const event of WAITED_FOR) stream.off(event, done);
      resolve();
    };
    for (const event of WAITED_FOR) stream.once(event, done);
  });
}

const WAITED_FOR = ['drain', 'close', 'error'] as const;

/** Writes a text to a stream. */
export function writeText(stream: Io['stdout'], text: Text): Promise<void> {
  return write(stream, chunks(text));
}

/** Writes lines for people to a stream. */
export async function writeLines(stream: Io['stdout'], lines: Iterable<string>): Promise<void> {
  const texts = {
    *[Symbol.iterator]() {
      for (const line of lines) yield { text: printable(line) };
    },
  };
  for (const chunk of chunks(texts)) {
    if (!put(stream, chunk.replaceAll(ESC, '\u001b'))) await drained(stream);
  }
}

/** Writes a line for people at once. */
export function say(stream: Io['stdout'], line: string): void {
  put(stream, `${printable(line).replaceAll(ESC, '\u001b')}\n`);
}
