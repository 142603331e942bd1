/**
 * printable: text from outside → text that is safe to show. Names, paths, values and output of tools may hold
 * characters that control a terminal (C0, DEL, C1), reorder a line (U+202E), are invisible (U+200B, tags) or look like
 * a line end (U+2028). There are three forms: for people, for JSON and for YAML. Tabs are harmless and are kept.
 */

/** Variation selectors FE00 to FE0F only choose the form of the character before them, as in most emoji. */
// biome-ignore lint/suspicious/noMisleadingCharacterClass: the class is meant to match single characters.
const UNSAFE = /(?![\t\ufe00-\ufe0f])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** The same without line ends. */
const UNSAFE_IN_LINES = new RegExp(`(?!\\n)${UNSAFE.source}`, 'gu');

/** A cheap test that nearly every text passes. */
const PLAIN = /^[\t\n -~]*$/;

/** One line for people: U+FFFD for each unsafe code unit, so that columns and offsets stay. */
export function printable(line: string): string {
  if (PLAIN.test(line) && !line.includes('\n')) return line;
  return line.replace(UNSAFE, (found) => '\ufffd'.repeat(found.length));
}

/** The same for several lines; line ends are kept. */
export function printableLines(text: string): string {
  return PLAIN.test(text) ? text : text.replace(UNSAFE_IN_LINES, (found) => '\ufffd'.repeat(found.length));
}

/** Equivalent JSON, or a part of it: unsafe characters occur only in strings, where `\uXXXX` replaces them. */
export function escapedJson(json: string): string {
  if (PLAIN.test(json)) return json;
  return json.replace(UNSAFE_IN_LINES, (found) => found.replace(/[^]/g, (unit) => `\\u${hex(unit.charCodeAt(0), 4)}`));
}

/** The same for YAML with such strings in double quotes; `\UXXXXXXXX` replaces characters beyond the BMP. */
export function escapedYaml(yaml: string): string {
  if (PLAIN.test(yaml)) return yaml;
  return yaml.replace(UNSAFE_IN_LINES, (found) =>
    found.length > 1 ? `\\U${hex(found.codePointAt(0) ?? 0, 8)}` : `\\u${hex(found.charCodeAt(0), 4)}`,
  );
}

/** Whether `text` has no unsafe characters, apart from line ends. */
export function isPrintable(text: string): boolean {
  return PLAIN.test(text) || text.search(UNSAFE_IN_LINES) < 0;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
