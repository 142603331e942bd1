/**
 * cli: shell quoting.
 */

/** `text` as one word of a POSIX shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A word of a list that the shell expands later: nothing in it is expanded. */
export function literal(word: string): string {
  return word.replace(/[^\w./:=@%+,-]/g, '\\$&');
}
