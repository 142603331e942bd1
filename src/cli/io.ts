/**
 * cli: the streams, colours and files of the process, so that commands can be run by tests with others.
 */
import { fstatSync } from 'node:fs';
import { styleText } from 'node:util';
import { chunks, type Text } from '../text.js';

export interface Io {
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
}

export const PROCESS_IO: Io = process;

/** Exit codes: grep's and diff's. */
export const EXIT = { ok: 0, different: 1, trouble: 2 } as const;

export type Style = 'red' | 'green' | 'yellow' | 'cyan' | 'bold' | 'dim';

/** Colours for a stream: only on a terminal, and never with NO_COLOR (https://no-color.org). */
export function painter(stream: Io['stdout'], env: Io['env']): (style: Style, text: string) => string {
  const on = stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  return (style, text) => (on ? styleText(style, text, { validateStream: false }) : text);
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

/** Writes `pieces`, waiting whenever the reader is slower than we are; what has no reader any more goes nowhere. */
export async function write(stream: Io['stdout'], pieces: Iterable<string>): Promise<void> {
  for (const piece of pieces) {
    if (stream.writable && !stream.write(piece)) await drained(stream);
  }
}

/** When it can take more, or will never again. */
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

/** Writes lines to a stream. */
export function writeLines(stream: Io['stdout'], lines: Iterable<string>): Promise<void> {
  return write(
    stream,
    (function* () {
      for (const line of lines) yield `${line}\n`;
    })(),
  );
}
