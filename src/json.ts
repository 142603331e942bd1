/**
 * json: data → JSON text in pieces. The rules of a large cluster fit into no string, so a list may be made while it is
 * written; its items are a line each.
 */

/** An object as JSON has it; a field that is undefined is left out. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A list that is made while it is written, each time anew. */
export function streamed<T>(make: () => Iterable<T>): Iterable<T> {
  return { [Symbol.iterator]: () => make()[Symbol.iterator]() };
}

/** `object` and a newline. Only its own lists, and those of their items, may be streamed ones. */
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
