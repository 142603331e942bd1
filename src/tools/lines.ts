/**
 * Line-by-line reading, shared by the languages: an unreadable line never hides the others.
 */
import { type Diagnostic, show } from '../diag.js';

/** What is wrong with a part of a line, and where that begins: from 0. */
export interface WrongPart {
  readonly problem: string;
  readonly at: number;
}

/**
 * Passes every line to `read`, which returns what is wrong with it; an `unreadable-line` diagnostic for each such
 * answer. That of a part has an origin, in a source whose name the caller knows.
 */
export function readLines(text: string, read: (line: string) => string | WrongPart | undefined): readonly Diagnostic[] {
  let start = 0;
  return text.split('\n').flatMap((raw, i): readonly Diagnostic[] => {
    const line = raw.trimEnd();
    const begin = start;
    start += raw.length + 1;
    const wrong = read(line);
    if (wrong === undefined) return [];
    const kind = { code: 'unreadable-line', severity: 'error' } as const;
    if (typeof wrong === 'string') return [{ ...kind, message: `line ${i + 1}: ${wrong}: ${show(line)}` }];
    const origin = { source: { name: '', text }, document: 0, base: [], path: [], offset: begin + wrong.at };
    return [{ ...kind, message: wrong.problem, origin }];
  });
}

/** The distinct lines of a text, each at its first place. */
export function distinctLines(text: string): readonly string[] {
  return [...new Set(text.split('\n'))];
}
