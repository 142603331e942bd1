/**
 * write, part: puts fields into the token tree of a YAML or JSON text. Existing tokens keep their order; new are items
 * of mappings and lists, values that replace empty ones, and a comment after each.
 */
import { addToBlock, addToFlow } from './add.js';
import type { Field } from './fields.js';
import { columnOf, continuation, endsLine, eolOf, type Syntax, scalarText, type Target, valueText } from './layout.js';
import { afterLine, type Blank, comment, ended, nodeOf, tokens } from './token.js';
import {
  type CST,
  entryOf,
  follow,
  isFlowScalar,
  isMapping,
  isSequence,
  type Sequence,
  type Slot,
  type Tree,
} from './tree.js';

/**
 * Puts `fields` into the object in `slot`. False when the text has no place for a field; then the tree must not be
 * used.
 */
export function setFields(tree: Tree, slot: Slot | undefined, fields: readonly Field[], syntax: Syntax): boolean {
  const groups = new Map<string, Field[]>();
  for (const field of fields) {
    const place = field.path.join(' ');
    groups.set(place, [...(groups.get(place) ?? []), field]);
  }
  const target = { text: tree.text, syntax };
  return [...groups.values()].every((group) => setIn(target, follow(slot, group[0]?.path ?? []), group));
}

/** Puts fields into one mapping. */
function setIn(target: Target, slot: Slot | undefined, fields: readonly Field[]): boolean {
  const mapping = slot?.value;
  if (!slot || !isMapping(mapping)) return false;
  const entries = fields.map((field) => ({ field, item: entryOf(mapping, field.key) }));
  const added = entries.flatMap(({ field, item }) => (item ? [] : [field]));
  const isSet = entries.every(({ field, item }) => !item || replace(target, item, field));
  if (!isSet || added.length === 0) return isSet;
  return mapping.type === 'block-map' ? addToBlock(target, slot, mapping, added) : addToFlow(target, mapping, added);
}

/** Fills a field that is empty, or a list that is too short. */
function replace(target: Target, item: CST.CollectionItem, field: Field): boolean {
  const { value: old, sep = [] } = item;
  if (isSequence(old) && Array.isArray(field.value)) return append(target, old, field);
  if (old && !isFlowScalar(old)) return false;
  const colon = sep.findIndex(({ type }) => type === 'map-value-ind');
  const at = old ? old.offset + old.source.length : (sep[colon]?.offset ?? -1) + 1;
  if (colon < 0 || at <= 0) return false;
  const behind = old ? (old.end ?? []) : sep.splice(colon + 1);
  if (!old) sep.push(...tokens(['space', ' ']));
  item.value = ended(nodeOf(valueText(field.value, target.syntax)), [...mark(target, at, field), ...behind]);
  return true;
}

/** The comment after a value that ends at `offset`; a line end follows it when more text is on the line. */
function mark({ text, syntax }: Target, offset: number, { mark }: Field): Blank[] {
  if (syntax === 'json') return [];
  const next: Blank[] = endsLine(text, offset)
    ? []
    : tokens(['newline', eolOf(text, offset)], ['space', continuation(text, offset)]);
  return [...comment(mark), ...next];
}

/** Appends the items that a list lacks. */
function append(target: Target, list: Sequence, field: Field): boolean {
  const items = list.items.filter(({ value }) => value);
  const missing = (field.value as readonly string[])
    .slice(items.length)
    .map((value) => nodeOf(scalarText(value, target.syntax)));
  const last = items.at(-1)?.value;
  if (last && !isFlowScalar(last)) return false;
  if (list.type === 'block-seq') return last !== undefined && appendLines(target, list, last, missing, field);
  const at = last ? last.offset + last.source.length : list.offset + 1;
  const behind = last?.end ?? [];
  if (last) last.end = [];
  const added = missing.map((value, i) => ({
    start: i === 0 && !last ? [] : tokens(['comma', ','], ['space', ' ']),
    value: i === missing.length - 1 ? ended(value, [...mark(target, at, field), ...behind]) : value,
  }));
  list.items.splice(items.length, 0, ...added);
  return true;
}

/** Appends items of a block sequence, each on its own line. */
function appendLines(
  { text }: Target,
  list: CST.BlockSequence,
  last: CST.FlowScalar,
  missing: readonly CST.Token[],
  field: Field,
): boolean {
  const newline = tokens(['newline', eolOf(text, last.offset)]);
  const indent = tokens(['space', ' '.repeat(columnOf(text, list.offset))]);
  last.end ??= [];
  const behind = afterLine(last.end);
  if (!behind) last.end.push(...newline);
  const added = missing.map((value, i) => {
    const isLast = i === missing.length - 1;
    const end = isLast ? (behind ? [...newline, ...behind] : []) : newline;
    return {
      start: [...indent, ...tokens(['seq-item-ind', '-'], ['space', ' '])],
      value: ended(value, [...comment(field.mark), ...end]),
    };
  });
  list.items.splice(list.items.findIndex(({ value }) => value === last) + 1, 0, ...added);
  return true;
}
