/**
 * Line-by-line reading, shared by the languages: an unreadable line never hides the others.
 */
import { type Diagnostic, show } from '../diag.js';

/**
 * Passes every line to `read`, which returns what is wrong with it; an `unreadable-line` diagnostic for each such
 * answer.
 */
export function readLines(text: string, read: (line: string) => string | undefined): readonly Diagnostic[] {
  return text.split('\n').flatMap((raw, i): readonly Diagnostic[] => {
    const line = raw.trimEnd();
    const problem = read(line);
    if (problem === undefined) return [];
    return [{ code: 'unreadable-line', severity: 'error', message: `line ${i + 1}: ${problem}: ${show(line)}` }];
  });
}

/** The distinct lines of a text, each at its first place. */
export function distinctLines(text: string): readonly string[] {
  return [...new Set(text.split('\n'))];
}
