/**
 * Reading, shared by the languages: a text line by line, where a line that cannot be read never hides the others.
 */
import { type Diagnostic, show } from '../diag.js';

/** Gives every line to `read`, whose answer is what is wrong with it; returns `unreadable-line` for each such answer. */
export function readLines(text: string, read: (line: string) => string | undefined): readonly Diagnostic[] {
  return text.split('\n').flatMap((raw, i): readonly Diagnostic[] => {
    const line = raw.trimEnd();
    const problem = read(line);
    if (problem === undefined) return [];
    return [{ code: 'unreadable-line', severity: 'error', message: `line ${i + 1}: ${problem}: ${show(line)}` }];
  });
}

/** The lines of a text, each once, where it was first. */
export function distinctLines(text: string): readonly string[] {
  return [...new Set(text.split('\n'))];
}
