/**
 * explain: prose → lines of a given width.
 */
import { printable } from '../printable.js';

/** Breaks between words; `first` begins the first line, `then` the others. */
export function wrapped(text: string, width: number, first: string, then: string): readonly string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of printable(text).split(' ')) {
    if (!isEmpty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = `${then}${word}`;
    } else line = isEmpty ? `${line}${word}` : `${line} ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}
