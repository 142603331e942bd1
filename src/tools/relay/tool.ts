/**
 * The relay as a tool. Its program is a process of the daemon (sync/relay.ts), which is asked as if it were installed on
 * the node; on a node without a daemon in userspace mode there is none, and it has no listeners.
 */
import { familyOf } from '../../ip.js';
import { ownerName } from '../../owner.js';
import type { Line, Section } from '../../text.js';
import { answer, understood } from '../ask.js';
import { refusal } from '../refusal.js';
import { section, sides, type Tool } from '../tool.js';
import { diff, type RelayDiff } from './diff.js';
import { lookWith } from './look.js';
import { parse } from './parse.js';
import { printListener } from './print.js';
import { type Listener, listenerKey } from './types.js';

/** The name of the program in command lines. */
export const RELAY = 'vipc-relay';

export const relay: Tool<'relay', readonly Listener[], readonly Listener[], RelayDiff, undefined> = {
  name: 'relay',
  nothing: [],
  // No rule leads to a listener too many.
  isHarmless: true,

  read: async (ask) => understood(RELAY, parse((await answer(ask, [RELAY, 'show'])) ?? '')),
  look: lookWith(RELAY),
  foreign: () => [],
  assume: (_, desired = []) => desired,
  diff: (observed, desired = []) => diff(observed, desired),
  steps: ({ opened, replaced, closed }, phase, desired) => {
    const later = new Set(replaced.map(listenerKey));
    const opening = opened.filter((each) => later.has(listenerKey(each)) === (phase === 'shrink'));
    const lines = opening.flatMap((each) => [...printListener(each)]);
    const closes = (phase === 'grow' ? replaced : closed).map(closing(desired));
    return [{ tool: 'relay', program: RELAY, argv: () => [RELAY, 'change'], input: [...lines, ...closes] }];
  },
  changes: ({ opened, changed, closed }) => sides([...changed, ...closed].map(toSection), opened.map(toSection)),
  ofFamily: (listeners, family) => listeners.filter(({ address }) => familyOf(address) === family),
  show: (listeners, owns) =>
    listeners
      .filter(({ owner }) => owns(owner))
      .map((listener) => [
        `### relay ${listenerKey(listener)}`,
        ...[...printListener(listener)].map(({ text }) => text),
      ]),

  /** The listeners that can be opened are; the Service of the refused one is left out of the change. */
  async rejected(step, outcome) {
    const why = await refusal(step, outcome);
    const [, number] = /^line (\d+) failed/.exec(outcome.stderr) ?? [];
    if (number === undefined) return { why };
    const { input } = step;
    const begin = Number(number) - 1;
    let end = begin + 1;
    while (input[end]?.text.startsWith('  ')) end++;
    const isLeft = ({ origin }: Line, i: number) => (i >= begin && i < end) || (origin && origin === why.origin);
    return { why, rest: { ...step, input: input.filter((line, i) => !isLeft(line, i)) } };
  },
};

/**
 * A listener that nothing leads to any more: `close` ends the connections of a Service with its last listener, `leave` lets
 * them end by themselves, when the Service is served in another way.
 */
function closing(desired: readonly Listener[] | undefined): (listener: Listener) => Line {
  return (listener) => ({ text: `${desired ? 'close' : 'leave'} ${listenerKey(listener)}`, owner: listener.owner });
}

/** A listener for review. */
export function toSection(listener: Listener): Section {
  const lines = [...printListener(listener)].map(({ text }) => text);
  return section(`relay ${listenerKey(listener)}`, lines, ownerName(listener.owner));
}
