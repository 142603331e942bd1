/**
 * wrap: a long line → lines that fit the terminal where blanks allow it; continuation lines are indented.
 */

/** `text` after `indent`; one line if `width` is undefined. A rule's option stays with its value if both fit. */
export function wrapped(text: string, indent: string, width: number | undefined): readonly string[] {
  if (width === undefined || indent.length + text.length <= width) return [indent + text];
  const room = width - indent.length - MORE.length;
  const lines: string[] = [];
  let line = '';
  for (const part of text.split(OPTION).flatMap((each) => (each.length > room ? each.split(' ') : [each]))) {
    const next = line === '' ? part : `${line} ${part}`;
    const behind = lines.length === 0 ? indent.length : indent.length + MORE.length;
    if (line !== '' && behind + next.length > width) {
      lines.push(line);
      line = part;
    } else line = next;
  }
  return [...lines, line].map((each, i) => (i === 0 ? indent + each : indent + MORE + each));
}

const MORE = '    ';

/** The blank before an option of iptables. */
const OPTION = / (?=(?:! )?--?[a-z])/i;
