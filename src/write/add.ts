/**
 * write, part: adds missing fields to a mapping. In a block each is a new line below the mapping's key or below the
 * field it belongs to; in braces they come first.
 */
import type { Field } from './fields.js';
import { columnOf, eolOf, flowIndent, lineStart, type Target, valueText } from './layout.js';
import { afterLine, type Blank, comment, ended, isBlank, nodeOf, tokens } from './token.js';
import { type CST, entryOf, isFlowScalar, type Slot } from './tree.js';

/** Adds `fields` to the block that `slot` holds. */
export function addToBlock(target: Target, slot: Slot, map: CST.BlockMap, fields: readonly Field[]): boolean {
  const [first] = map.items;
  if (!first?.key) return false;
  const props = first.start.findIndex((token) => !isBlank(token));
  const offset = first.start[props]?.offset ?? map.offset;
  const line: Line = { ...target, offset, indent: ' '.repeat(columnOf(target.text, offset)) };
  const [after] = fields.flatMap((field) => (field.after === undefined ? [] : [entryOf(map, field.after)]));
  if (after && isFlowScalar(after.value)) {
    addBehind(line, map, after, after.value, fields);
    return true;
  }
  const below = belowKey(slot);
  const start = below ?? first.start.splice(0, props < 0 ? first.start.length : props);
  const items = fields.map((field) => lineItem(line, field, newline(line)));
  if (below) first.start.unshift(...below);
  else {
    const [item] = items;
    if (item) item.start = start;
    first.start.unshift(...tokens(['space', line.indent]));
  }
  map.items.unshift(...items);
  return true;
}

/** The place of a new line in a block, and its indent. */
interface Line extends Target {
  readonly offset: number;
  readonly indent: string;
}

function newline({ text, offset }: Line): Blank[] {
  return tokens(['newline', eolOf(text, offset)]);
}

/** Removes and returns the comments between a key and the block below it; undefined when they are on one line. */
function belowKey({ sep }: CST.CollectionItem): Blank[] | undefined {
  const end = sep?.findIndex(({ type }) => type === 'newline') ?? -1;
  const rest = sep?.slice(end + 1) ?? [];
  if (!sep || end < 0 || !rest.every(isBlank)) return undefined;
  return sep.splice(end + 1);
}

function addBehind(
  line: Line,
  map: CST.BlockMap,
  item: CST.CollectionItem,
  value: CST.FlowScalar,
  fields: readonly Field[],
): void {
  value.end ??= [];
  const behind = afterLine(value.end);
  if (!behind) value.end.push(...newline(line));
  const items = fields.map((field, i) => {
    const isLast = i === fields.length - 1;
    return lineItem(line, field, isLast ? (behind ? [...newline(line), ...behind] : []) : newline(line));
  });
  map.items.splice((map.items as readonly CST.CollectionItem[]).indexOf(item) + 1, 0, ...items);
}

function lineItem({ indent, syntax }: Line, { key, value, mark }: Field, end: readonly Blank[]): BlockItem {
  return {
    start: tokens(['space', indent]),
    key: nodeOf(key),
    sep: tokens(['map-value-ind', ':'], ['space', ' ']),
    value: ended(nodeOf(valueText(value, syntax)), [...comment(mark), ...end]),
  };
}

type BlockItem = CST.BlockMap['items'][number];

/** Adds `fields` at the start of the braces of `map`; the old content is aligned below them. */
export function addToFlow(target: Target, map: CST.FlowCollection, fields: readonly Field[]): boolean {
  const [first] = map.items;
  const isEmpty = !first || (first.key === undefined && first.start.every(isBlank));
  if (!isEmpty && !first.key) return false;
  const props = first?.start.findIndex((token) => !isBlank(token)) ?? -1;
  const offset = isEmpty ? map.offset + 1 : (first.start[props]?.offset ?? first.key?.offset ?? -1);
  const start = isEmpty ? [] : first.start.splice(0, props < 0 ? first.start.length : props);
  const flow = target.syntax === 'json' ? jsonFlow(target, offset) : yamlFlow(target, offset);
  const items = fields.map((field, i): CST.CollectionItem => {
    const previous = fields[i - 1];
    return {
      start: previous ? flow.between(previous) : start,
      key: nodeOf(target.syntax === 'json' ? JSON.stringify(field.key) : field.key),
      sep: tokens(['map-value-ind', ':'], ['space', flow.dense ? '' : ' ']),
      value: nodeOf(valueText(field.value, target.syntax, flow.dense)),
    };
  });
  const last = fields.at(-1);
  const behind = last ? flow.between(last).filter(({ type }) => !isEmpty || type !== 'comma') : [];
  if (!isEmpty) first.start.unshift(...behind);
  else if (target.syntax === 'yaml') items.push({ start: behind });
  map.items.unshift(...items);
  return true;
}

/** The style of a flow mapping; `between` are the tokens after the entry `field`. */
interface Flow {
  readonly dense: boolean;
  readonly between: (field: Field) => Blank[];
}

function yamlFlow({ text }: Target, offset: number): Flow {
  const next = tokens(['newline', eolOf(text, offset)], ['space', flowIndent(text, offset)]);
  return { dense: false, between: ({ mark }) => [...tokens(['comma', ',']), ...comment(mark), ...next] };
}

/** Follows the style of the text: JSON with or without line ends and blanks. */
function jsonFlow({ text }: Target, offset: number): Flow {
  const dense = /^"(?:[^"\\]|\\.)*":\S/.test(text.slice(offset, offset + 200));
  const indent = text.slice(lineStart(text, offset), offset);
  const blanks = /\S/.test(indent)
    ? tokens(['space', dense ? '' : ' '])
    : tokens(['newline', eolOf(text, offset)], ['space', indent]);
  return { dense, between: () => [...tokens(['comma', ',']), ...blanks] };
}
