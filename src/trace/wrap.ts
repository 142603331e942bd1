/**
 * wrap: a line as several, none wider than a terminal where blanks allow it; what follows stands a bit to the right.
 */

/** `text` behind `indent`; one line when there is no width. */
export function wrapped(text: string, indent: string, width: number | undefined): readonly string[] {
  if (width === undefined || indent.length + text.length <= width) return [indent + text];
  const lines: string[] = [];
  let line = indent;
  for (const word of text.match(/\S+\s*/g) ?? []) {
    const isFirst = line.trim() === '';
    if (!isFirst && (line + word).trimEnd().length > width) {
      lines.push(line.trimEnd());
      line = `${indent}    ${word}`;
    } else line += word;
  }
  return [...lines, line.trimEnd()];
}
