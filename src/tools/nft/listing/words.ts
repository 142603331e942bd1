/**
 * A reader of words, from first to last.
 */
export interface Words {
  readonly words: readonly string[];
  at: number;
}

/** The word that comes next, or one behind it. */
export function peek({ words, at }: Words, ahead = 0): string | undefined {
  return words[at + ahead];
}

/** Takes the next word. */
export function next(words: Words): string | undefined {
  const word = peek(words);
  words.at++;
  return word;
}

/** Takes `expected`, word for word, if it comes next. */
export function took(words: Words, ...expected: readonly string[]): boolean {
  const comes = expected.every((word, i) => peek(words, i) === word);
  if (comes) words.at += expected.length;
  return comes;
}

/** The words inside the braces that come next, split at commas; undefined without braces. */
export function takeList(words: Words): readonly (readonly string[])[] | undefined {
  if (peek(words) !== '{') return undefined;
  const end = words.words.indexOf('}', words.at);
  if (end < 0) return undefined;
  const items = splitAtCommas(words.words.slice(words.at + 1, end));
  words.at = end + 1;
  return items;
}

/** The parts between commas, without empty ones. */
export function splitAtCommas(words: readonly string[]): readonly (readonly string[])[] {
  const items: string[][] = [[]];
  for (const word of words) {
    if (word === ',') items.push([]);
    else items.at(-1)?.push(word);
  }
  return items.filter((item) => item.length > 0);
}
