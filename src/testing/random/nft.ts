/**
 * Rule sets of nftables: their values without functions, their text line by line, and random ones.
 */
import type { Table } from '../../tools/nft/types.js';

/** Tables as plain data, to compare them; elements by their key. */
export function data(tables: readonly Table[]): readonly Plain[] {
  const plain = (name: string, value: unknown): unknown => {
    if (typeof value !== 'function') return value;
    const list = [...value()];
    return name === 'elements' ? list.sort((a, b) => (a.key < b.key ? -1 : 1)) : list;
  };
  return JSON.parse(JSON.stringify(tables, plain));
}

/** What JSON says of a table. */
interface Plain {
  readonly [name: string]: unknown;
}

/** A listing with one element a line, sorted within each set: versions of nft order and break them differently. */
export function listingLines(text: string): readonly string[] {
  return text
    .replace(ELEMENTS, (_, list: string) => {
      const elements = list.split(/,\s*/).filter((element) => element !== '');
      return elements
        .sort()
        .map((element) => `element ${element}`)
        .join('\n');
    })
    .split('\n');
}

const ELEMENTS = /\t\telements = \{\s*((?:"[^"]*"|[^}"])*?),?\s*\}/g;

/** A listing without the elements of its sets. */
export function withoutElements(text: string): string {
  return text.replace(ELEMENTS, '\t\telements');
}
