/**
 * Sets and maps of `nft -j` → NamedSet.
 */

import { type Draft, finishedSet, keyValue } from '../listing/set.js';
import { normalValue } from '../listing/value.js';
import { duration } from '../spelling.js';
import type { Element, NamedSet } from '../types.js';
import { type Data, expressionText, only, properties, valueText, writing } from './value.js';

/** The set of `{"set": …}` or `{"map": …}`. */
export function readSet(kind: 'set' | 'map', of: Data): NamedSet {
  const { key, by } = typeText(of['type']);
  const data = of['map'] === undefined ? undefined : typeText(of['map']).key;
  const draft: Draft = {
    kind,
    name: String(of['name']),
    key,
    by,
    ...(data === undefined ? {} : { data }),
    flags: of['flags'] === undefined ? [] : [of['flags']].flat().map(String),
    ...(typeof of['size'] === 'number' ? { size: of['size'] } : {}),
    ...(typeof of['timeout'] === 'number' ? { timeout: of['timeout'] } : {}),
    ...(typeof of['comment'] === 'string' ? { comment: of['comment'] } : {}),
    others: others(of),
    elements: elements(of['elem'], key, data),
  };
  return finishedSet(draft);
}

function others(of: Data): string[] {
  return [
    ...(of['auto-merge'] === true ? ['auto-merge'] : []),
    ...(typeof of['gc-interval'] === 'number' ? [`gc-interval ${duration(of['gc-interval'])}`] : []),
    ...(typeof of['policy'] === 'string' ? [`policy ${of['policy']}`] : []),
  ];
}

function typeText(type: unknown): { readonly key: string; readonly by: 'type' | 'typeof' } {
  const [name, value] = only(type) ?? ['', undefined];
  if (name === 'typeof') return { key: expressionText(value), by: 'typeof' };
  return { key: [type].flat().join(' . '), by: 'type' };
}

function elements(list: unknown, key: string, data: string | undefined): readonly Element[] {
  const [keys, values] = [fields(key), fields(data ?? '')];
  return (Array.isArray(list) ? list : []).map((item) => {
    const [left, right] = data === undefined ? [item, undefined] : item;
    const [name, inner] = only(left) ?? ['', undefined];
    const of = name === 'elem' ? properties(inner) : {};
    return {
      key: keyValue(valueText(name === 'elem' ? of['val'] : left, keys), key),
      ...(right === undefined ? {} : { data: normalValue(valueText(right, values)) }),
      ...(typeof of['comment'] === 'string' ? { comment: of['comment'] } : {}),
      ...(typeof of['timeout'] === 'number' ? { timeout: of['timeout'] } : {}),
    };
  });
}

function fields(type: string): ReturnType<typeof writing>[] {
  return type.split(' . ').map((field) => (OBJECTS.has(field) ? 'quoted' : writing(field)));
}

/** Maps of named objects have their names. */
const OBJECTS: ReadonlySet<string> = new Set(['counter', 'quota', 'limit', 'ct helper', 'secmark', 'synproxy']);
