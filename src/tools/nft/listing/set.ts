/**
 * Tokens → a named set or map with its elements.
 */
import { DYNAMIC_SIZE, parseDuration, parseNumber, unquote } from '../spelling.js';
import type { Element, NamedSet } from '../types.js';
import { type Cursor, comes, expect, Fault, takeBlock, takeLine, token, word } from './cursor.js';
import { names, normalValue } from './value.js';

type Properties = Omit<NamedSet, 'elements' | 'others'>;

/** A set while it is read. */
export type Draft = { -readonly [K in keyof Properties]: Properties[K] } & {
  readonly others: string[];
  elements: readonly Element[];
};

/** The set behind the word `set` or `map`. */
export function readSet(cursor: Cursor, kind: 'set' | 'map'): NamedSet {
  const name = word(cursor, 'the name of a set');
  const draft: Draft = { kind, name, key: '', by: 'type', flags: [], others: [], elements: [] };
  takeBlock(cursor, () => readProperty(cursor, draft));
  return finishedSet(draft);
}

/** The set with properties in the order of nft, without those that nft fills in. */
export function finishedSet({ elements, others, size, ...draft }: Draft): NamedSet {
  // nft leaves the flag out where the lifetime says it.
  const has = (flag: string) => draft.flags.includes(flag) || (flag === 'timeout' && draft.timeout !== undefined);
  const flags = FLAGS.filter(has);
  const implied = size === DYNAMIC_SIZE && flags.includes('dynamic');
  const own = draft.timeout === undefined ? elements : elements.map((element) => ofSet(element, draft.timeout));
  return {
    ...draft,
    flags: [...flags, ...draft.flags.filter((flag) => !flags.includes(flag))],
    ...(size === undefined || implied ? {} : { size }),
    ...(others.length === 0 ? {} : { others }),
    elements: () => own,
  };
}

const FLAGS: readonly string[] = ['constant', 'dynamic', 'interval', 'timeout'];

/** The element without a lifetime that is the set's. */
function ofSet({ timeout, ...element }: Element, ofAll: number | undefined): Element {
  return timeout === undefined || timeout === ofAll ? element : { ...element, timeout };
}

function readProperty(cursor: Cursor, draft: Draft): void {
  if (comes(cursor, 'elements')) {
    cursor.at++;
    expect(cursor, '=');
    draft.elements = readElements(cursor, draft.key);
    return;
  }
  const { words } = takeLine(cursor);
  const line = words.filter((each) => !each.startsWith('#'));
  const [name = '', ...rest] = line;
  if (name === 'type' || name === 'typeof') {
    const [key = '', data] = rest.join(' ').split(' : ');
    Object.assign(draft, { by: name, key, ...(data === undefined ? {} : { data }) });
  } else if (name === 'flags') draft.flags = names(rest);
  else if (name === 'comment') draft.comment = unquote(rest.join(' '));
  else if (!readAmount(draft, name, rest)) draft.others.push(withoutCounts(line));
}

/** Reads `size` and `timeout`. */
function readAmount(draft: Draft, name: string, rest: readonly string[]): boolean {
  const value = name === 'size' ? parseNumber(rest[0]) : name === 'timeout' ? parseDuration(rest[0]) : undefined;
  if (value === undefined || rest.length > 1) return false;
  if (name === 'size') draft.size = value;
  else draft.timeout = value;
  return true;
}

function withoutCounts(words: readonly string[]): string {
  return words.join(' ').replace(/^counter packets \d+ bytes \d+$/, 'counter');
}

function readElements(cursor: Cursor, type: string): readonly Element[] {
  const elements: Element[] = [];
  takeBlock(cursor, () => {
    const words: string[] = [];
    for (let next = token(cursor); next && next.text !== ',' && next.text !== '}'; next = token(cursor)) {
      if (next.kind === 'fault' || next.text === '{') throw new Fault('not an element', next);
      if (next.kind === 'word') words.push(next.text);
      cursor.at++;
    }
    if (words.length > 0) elements.push(readElement(words, type));
    if (comes(cursor, ',')) cursor.at++;
  });
  return elements;
}

const PROPERTIES: ReadonlySet<string> = new Set([
  'timeout',
  'expires',
  'counter',
  'comment',
  'limit',
  'quota',
  'last',
  ':',
]);

/** What was counted or measured in an element, as its counter or `expires`, is no part of it. */
function readElement(words: readonly string[], type: string): Element {
  const end = words.findIndex((each) => PROPERTIES.has(each));
  const key = end < 0 ? words : words.slice(0, end);
  const colon = words.indexOf(':', key.length);
  const properties = words.slice(key.length, colon < 0 ? words.length : colon);
  const property = (name: string) => (properties.includes(name) ? properties[properties.indexOf(name) + 1] : undefined);
  const timeout = parseDuration(property('timeout'));
  const comment = property('comment');
  return {
    key: keyValue(key.join(' '), type),
    ...(colon < 0 ? {} : { data: normalValue(words.slice(colon + 1).join(' ')) }),
    ...(comment === undefined ? {} : { comment: unquote(comment) }),
    ...(timeout === undefined ? {} : { timeout }),
  };
}

/** A key in the spelling of its type. */
export function keyValue(key: string, type: string): string {
  return normalValue(key, type === 'mark' || type === 'meta mark' ? { kind: 'meta', key: 'mark' } : undefined);
}
