/**
 * printable: text from outside → text that is safe to show. Names, paths, values and what tools say may hold characters
 * that command a terminal (C0, DEL, C1), reorder a line (U+202E), hide in it (U+200B, tags) or end it where it goes on
 * (U+2028). Three forms, for people, for JSON and for YAML; a tab is harmless, and in them it stays.
 */

/** Variation selectors FE00 to FE0F only choose the form of the character before them, as in most emoji. */
// biome-ignore lint/suspicious/noMisleadingCharacterClass: single characters are meant, whatever is beside them.
const UNSAFE = /(?![\t\ufe00-\ufe0f])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** The same, but for the ends of lines. */
const UNSAFE_IN_LINES = new RegExp(`(?!\\n)${UNSAFE.source}`, 'gu');

/** Nearly every text is this, and a test of it is cheap. */
const PLAIN = /^[\t\n -~]*$/;

/** One line as people may see it: U+FFFD for each unsafe code unit, so that columns and offsets stay. */
export function printable(line: string): string {
  if (PLAIN.test(line) && !line.includes('\n')) return line;
  return line.replace(UNSAFE, (found) => '\ufffd'.repeat(found.length));
}

/** Several lines, each made printable; the ends of lines stay. */
export function printableLines(text: string): string {
  return PLAIN.test(text) ? text : text.replace(UNSAFE_IN_LINES, (found) => '\ufffd'.repeat(found.length));
}

/** JSON, or a part of it, that means the same: there such characters stand in strings only, where `\uXXXX` is one. */
export function escapedJson(json: string): string {
  if (PLAIN.test(json)) return json;
  return json.replace(UNSAFE_IN_LINES, (found) => found.replace(/[^]/g, (unit) => `\\u${hex(unit.charCodeAt(0), 4)}`));
}

/** The same for YAML where each string with such characters is in double quotes: beyond the BMP it has `\UXXXXXXXX`. */
export function escapedYaml(yaml: string): string {
  if (PLAIN.test(yaml)) return yaml;
  return yaml.replace(UNSAFE_IN_LINES, (found) =>
    found.length > 1 ? `\\U${hex(found.codePointAt(0) ?? 0, 8)}` : `\\u${hex(found.charCodeAt(0), 4)}`,
  );
}

/** Whether `text` holds something that may not be shown as it is. */
export function isPrintable(text: string): boolean {
  return PLAIN.test(text) || text.search(UNSAFE_IN_LINES) < 0;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
