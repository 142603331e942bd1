/**
 * cli: helpers for the definitions in commands/.
 */
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import type { Io } from './io.js';

/** Adds a command, which passes its exit code to `done`. */
export type Add = (program: Command, io: Io, done: (code: number) => void) => void;

/** The last line of every help. */
export const EXIT_CODES = '\nExit codes: 0 fine or same; 1 different, or the input has errors; 2 trouble.\n';

/** Command lines, without `vipc`, in the format of help. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  vipc ${line}\n`).join('')}${EXIT_CODES}`;
}

/** A snapshot that ships with vipc, so that pasted examples work. */
export function example(): string {
  const path = fileURLToPath(new URL('../../fixtures/tour/web/cluster.yaml', import.meta.url));
  const fromHere = relative(process.cwd(), path);
  return fromHere.startsWith('..') ? path : fromHere;
}
