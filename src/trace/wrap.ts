/**
 * wrap: a line as several, none wider than a terminal where blanks allow it; what follows stands a bit to the right.
 */

/** `text` behind `indent`; one line when there is no width. An option of a rule stays beside its value where it can. */
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

/** Where an option of iptables begins. */
const OPTION = / (?=(?:! )?--?[a-z])/i;
