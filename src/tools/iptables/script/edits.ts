/**
 * script, part: a long chain that changes in a few lines is edited, not written whole: chains that all Services share
 * have as many rules as the cluster has Services. The result is the same to the last line.
 */
import type { Line } from '../../../text.js';

/** Rules to delete, and then rules to insert, each at its final position, from 1. */
export interface LineEdits {
  readonly removed: readonly string[];
  readonly inserted: readonly { readonly at: number; readonly line: Line }[];
}

/** More are not worth it: iptables searches the chain for each. */
const MOST = 100;

/**
 * How to edit `before` into `after`; undefined where that takes many edits, where rules change places, or where a rule
 * cannot be deleted by its text, because an earlier one has the same.
 */
export function editsOf(before: readonly string[], after: readonly Line[]): LineEdits | undefined {
  const shorter = Math.min(before.length, after.length);
  let first = 0;
  while (first < shorter && before[first] === after[first]?.text) first++;
  let last = 0;
  while (last < shorter - first && before.at(-1 - last) === after.at(-1 - last)?.text) last++;
  const was = before.slice(first, before.length - last);
  const is = after.slice(first, after.length - last);

  const [old, desired] = [new Set(was), new Set(is.map(({ text }) => text))];
  const removed = was.filter((text) => !desired.has(text));
  const inserted = is.flatMap((line, i) => (old.has(line.text) ? [] : [{ at: first + i + 1, line }]));
  if (removed.length + inserted.length > MOST) return undefined;
  const kept = was.filter((text) => desired.has(text));
  const stays = is.filter(({ text }) => old.has(text));
  const isInOrder = kept.length === stays.length && kept.every((text, i) => text === stays[i]?.text);
  // iptables -D deletes the first rule that it finds.
  const isFirst = removed.every((text) => before.indexOf(text) >= first) && new Set(removed).size === removed.length;
  return isInOrder && isFirst ? { removed, inserted } : undefined;
}
