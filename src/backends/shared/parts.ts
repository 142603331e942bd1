/**
 * Artifacts, shared: rules in some language → a part of a file.
 */
import type { JsonObject } from '../../json.js';
import type { Line } from '../../text.js';
import type { Part } from '../backend.js';

/** A language's printers: the text its tool loads, and the same as data for JSON. */
export interface Printers<R> {
  readonly print: (rules: R) => Iterable<Line>;
  readonly toData: (rules: R) => JsonObject;
}

/** The part that `rules` make; `about` says whose and how many ServicePorts' they are. */
export function partOf<R>(about: Pick<Part, 'family' | 'ports'>, rules: R, { print, toData }: Printers<R>): Part {
  return {
    ...about,
    text: { [Symbol.iterator]: () => print(rules)[Symbol.iterator]() },
    data: toData(rules),
  };
}
