/**
 * cli: what the commands of commands/ are made with.
 */
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import type { Io } from './io.js';

/** Adds a command; `done` is told the exit code when it has run. */
export type Add = (program: Command, io: Io, done: (code: number) => void) => void;

/** The last line of every help. */
export const EXIT_CODES = '\nExit codes: 0 fine or same; 1 different, or the input has errors; 2 trouble.\n';

/** Command lines, without `vipc`, as help shows them. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  vipc ${line}\n`).join('')}${EXIT_CODES}`;
}

/** A snapshot that comes with vipc, so that examples work when pasted. */
export function example(): string {
  const path = fileURLToPath(new URL('../../fixtures/tour/web/cluster.yaml', import.meta.url));
  const fromHere = relative(process.cwd(), path);
  return fromHere.startsWith('..') ? path : fromHere;
}
