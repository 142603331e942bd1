/**
 * Values as they appear beside expressions and in elements, in one spelling for all versions.
 */
import { inKeyOrder } from '../key-order.js';
import { merged } from '../merged.js';
import { isMark } from '../print-rule.js';
import { hex, parseNumber } from '../spelling.js';
import type { Expression, MapReference } from '../types.js';
import { peek, splitAtCommas, takeList, type Words } from './words.js';

/** A value in the spelling of 1.0.6: networks of one address without their length, marks as `0x00004000`. */
export function normalValue(value: string, left?: Expression): string {
  if (left && isMark(left.kind === 'masked' ? left.of : left)) {
    return value.replace(/[^-]+/g, (word) => {
      const number = parseNumber(word);
      return number === undefined ? word : hex(number);
    });
  }
  if (left?.kind === 'masked') return `${parseNumber(value) ?? value}`;
  return value.includes('/')
    ? value.replace(/(\.\d+)\/32(?![^ ])/g, '$1').replace(/(:[0-9a-f:.]*)\/128(?![^ ])/g, '$1')
    : value;
}

/** The values of a set in braces, in the order of print. */
export function normalValues(values: readonly string[], left: Expression): readonly string[] {
  return merged(values.map((value) => normalValue(value, left)));
}

/** `@name`, or entries in braces. */
export function readMap(words: Words, key: Expression): MapReference | undefined {
  const word = peek(words);
  if (word?.startsWith('@')) {
    words.at++;
    return { kind: 'named', name: word.slice(1) };
  }
  const entries = takeList(words)?.map((item) => readEntry(item, key));
  return entries?.every((entry) => entry !== undefined) ? inlineMap(entries) : undefined;
}

/** The entries in the order of print. */
function inlineMap(entries: readonly { readonly key: string; readonly data: string }[]): MapReference {
  return { kind: 'inline', entries: inKeyOrder(entries, ({ key }) => key) };
}

function readEntry(words: readonly string[], key: Expression): { key: string; data: string } | undefined {
  const colon = words.indexOf(':');
  if (colon < 1 || colon === words.length - 1) return undefined;
  return {
    key: normalValue(words.slice(0, colon).join(' '), key),
    data: normalValue(words.slice(colon + 1).join(' ')),
  };
}

/** The names in `a,b` or `a, b`. */
export function names(words: readonly string[]): readonly string[] {
  return splitAtCommas(words).flatMap((item) => item.join(' ').split(','));
}
