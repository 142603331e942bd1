/**
 * counted: how much a step tells its tool. It is counted as the tool reads it: to print a large rule set once more only to
 * count it takes as long as the rest of a sync.
 */
import type { Line } from '../text.js';
import { type Step, textOf } from './tool.js';

export interface Counts {
  readonly lines: number;
  /** Rules of iptables that are added, by table. */
  readonly rules: ReadonlyMap<string, number>;
}

const known = new WeakMap<Step, Counts>();

/** The lines of a step, which are counted when the last one was read. */
export function* counted(step: Step): Generator<Line> {
  const rules = new Map<string, number>();
  let [lines, table] = [0, ''];
  for (const line of textOf(step)) {
    const { text } = line;
    lines++;
    if (text.startsWith('*')) table = text.slice(1);
    else if (text.startsWith('-A ') || text.startsWith('-I ')) rules.set(table, (rules.get(table) ?? 0) + 1);
    yield line;
  }
  known.set(step, { lines, rules });
}

/** The counts of a step, which is read for it unless it was before. */
export function countsOf(step: Step): Counts {
  const there = known.get(step);
  if (there) return there;
  for (const _ of counted(step));
  return known.get(step) ?? { lines: 0, rules: new Map() };
}
