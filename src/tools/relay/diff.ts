/**
 * diff: observed × desired listeners → the listeners to open or change, and those to close.
 */
import { printListener } from './print.js';
import { type Listener, listenerKey, listenerName } from './types.js';

export interface RelayDiff {
  /** New and changed listeners, as they are to be. */
  readonly opened: readonly Listener[];
  /** As they were. */
  readonly changed: readonly Listener[];
  readonly closed: readonly Listener[];
  /**
   * As they were, where another listener is to have the port: they close before that opens, which it does when rules no
   * longer lead their clients there.
   */
  readonly replaced: readonly Listener[];
}

/** How to change `observed` into `desired`. */
export function diff(observed: readonly Listener[], desired: readonly Listener[]): RelayDiff {
  const there = new Map(observed.map((listener) => [listenerKey(listener), listener]));
  const wanted = new Set(desired.map(listenerKey));
  const opened = desired.filter((listener) => {
    const before = there.get(listenerKey(listener));
    return !before || (before !== listener && textOf(before) !== textOf(listener));
  });
  const changed = opened.flatMap((listener) => there.get(listenerKey(listener)) ?? []);
  const names = new Map(opened.map((listener) => [listenerKey(listener), listenerName(listener)]));
  return {
    opened,
    changed,
    replaced: changed.filter((listener) => names.get(listenerKey(listener)) !== listenerName(listener)),
    closed: observed.filter((listener) => !wanted.has(listenerKey(listener))),
  };
}

function textOf(listener: Listener): string {
  return [...printListener(listener)].map(({ text }) => text).join('\n');
}
