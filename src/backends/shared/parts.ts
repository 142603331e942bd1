/**
 * Artifacts, shared: rules of one tool → a part of a file.
 */
import type { JsonObject } from '../../json.js';
import type { Line } from '../../text.js';
import type { Part } from '../backend.js';

/** The printers of a tool: the text that it loads, and the same as data for JSON. */
export interface Printers<R> {
  readonly print: (rules: R) => Iterable<Line>;
  readonly toData: (rules: R) => JsonObject;
}

/** The part for `rules`; `about` tells the family and how many ServicePorts they serve. */
export function partOf<R>(about: Pick<Part, 'family' | 'ports'>, rules: R, { print, toData }: Printers<R>): Part {
  return {
    ...about,
    text: { [Symbol.iterator]: () => print(rules)[Symbol.iterator]() },
    data: toData(rules),
  };
}
