/**
 * json: data → JSON text in pieces. The rules of a large cluster do not fit into one string, so a list may be generated
 * while it is written; each item is one line.
 */

/** A JSON object; undefined fields are left out. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A list that is generated each time it is written. */
export function streamed<T>(make: () => Iterable<T>): Iterable<T> {
  return { [Symbol.iterator]: () => make()[Symbol.iterator]() };
}

/** `object` and a newline. Streamed lists may be fields of the object or of their items, not deeper. */
export function* jsonPieces(object: JsonObject): Generator<string> {
  yield* objectPieces(object);
  yield '\n';
}

function* objectPieces(object: JsonObject): Generator<string> {
  let text = '{';
  let comma = '';
  for (const [name, value] of Object.entries(object)) {
    if (value === undefined) continue;
    text += `${comma}${JSON.stringify(name)}:`;
    comma = ',';
    if (isStreamed(value)) {
      yield `${text}[`;
      yield* itemPieces(value);
      text = ']';
    } else text += JSON.stringify(value);
  }
  yield `${text}}`;
}

function* itemPieces(items: Iterable<unknown>): Generator<string> {
  let separator = '\n';
  for (const item of items) {
    if (hasStreamed(item)) {
      yield separator;
      yield* objectPieces(item);
    } else yield `${separator}${JSON.stringify(item)}`;
    separator = ',\n';
  }
}

function hasStreamed(item: unknown): item is JsonObject {
  return typeof item === 'object' && item !== null && Object.values(item).some(isStreamed);
}

function isStreamed(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Symbol.iterator in value;
}
