/**
 * keys: the key of a lookup → the keys that packets of a class have. A number generator gives one for each number, and
 * each of them gets the same share of connections.
 */
import type { Ip } from '../../ip.js';
import type { Expression } from '../../tools/nft/types.js';
import type { NodeRules } from '../node.js';
import type { Flow } from '../packet.js';
import { fieldOf, type Read, textOf } from './fields.js';

/** The values of one key, field by field. */
export type Key = readonly (Ip | number | string)[];

/** The keys of a packet; null when it lacks a field, undefined when one is unknown. */
export type Keys = (flow: Flow) => readonly Key[] | null | undefined;

/** The keys that an expression gives. */
export function keysOf(expression: Expression, node: NodeRules): Keys {
  const parts = expression.kind === 'concat' ? expression.parts : [expression];
  if (!parts.some(({ kind }) => kind === 'numgen')) return oneKey(parts.map((part) => fieldOf(part, node)));
  const reads = parts.map((part) => valuesOf(part, node));
  return (flow) => {
    let keys: readonly Key[] = [[]];
    for (const read of reads) {
      const values = read(flow);
      if (!values) return values;
      keys = keys.flatMap((key) => values.map((value) => [...key, value]));
    }
    return keys;
  };
}

/** Without a number generator there is just one key. */
function oneKey(reads: readonly Read[]): Keys {
  return (flow) => {
    const key: (Ip | number | string)[] = [];
    for (const read of reads) {
      const value = read(flow);
      if (value === null || value === undefined) return value;
      key.push(value);
    }
    return [key];
  };
}

function valuesOf(part: Expression, node: NodeRules): (flow: Flow) => Key | null | undefined {
  if (part.kind === 'numgen') {
    const numbers = Array.from({ length: part.mod }, (_, i) => i + part.offset);
    return () => numbers;
  }
  const read = fieldOf(part, node);
  return (flow) => {
    const value = read(flow);
    return value === null || value === undefined ? value : [value];
  };
}

/** A key as nft writes it in an element. */
export function keyText(key: Key): string {
  let text: string | undefined;
  for (const value of key) text = text === undefined ? textOf(value) : `${text} . ${textOf(value)}`;
  return text ?? '';
}
