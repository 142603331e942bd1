/**
 * keys: the key of a lookup → the keys that packets of a class have. A number generator gives one for each number, and
 * each of them gets the same share of connections.
 */
import type { Ip } from '../../ip.js';
import type { Expression } from '../../tools/nft/types.js';
import type { NodeRules } from '../node.js';
import type { Flow } from '../packet.js';
import { fieldOf, textOf } from './fields.js';

/** The values of one key, field by field. */
export type Key = readonly (Ip | number | string)[];

/** The keys of a packet; null when it lacks a field, undefined when one is unknown. */
export type Keys = (flow: Flow) => readonly Key[] | null | undefined;

/** The keys that an expression gives. */
export function keysOf(expression: Expression, node: NodeRules): Keys {
  const parts = expression.kind === 'concat' ? expression.parts : [expression];
  const reads = parts.map((part) => valuesOf(part, node));
  return (flow) => {
    let keys: readonly Key[] = [[]];
    for (const read of reads) {
      const values = read(flow);
      if (!values) return values;
      const [only] = values;
      keys =
        values.length === 1 && only !== undefined
          ? keys.map((key) => [...key, only])
          : keys.flatMap((key) => values.map((value) => [...key, value]));
    }
    return keys;
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
  const [first] = key;
  return key.length === 1 && first !== undefined ? textOf(first) : key.map(textOf).join(' . ');
}
