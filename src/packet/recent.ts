/**
 * recent: what `-m recent` of other programs' rules says of a client that no list has when its packet arrives.
 */
import { type Flow, isAdded } from './packet.js';

/**
 * The test of each option of a match, given `[not, option, value]` of all. The list has the client only once this packet has
 * met `--set` (xt_recent.c). Whether it still counts then depends on times and further options, but one packet is one hit.
 */
export function recentOf(
  parts: readonly (readonly [boolean, string, string])[],
): (option: string) => (flow: Flow) => boolean | undefined {
  const value = (wanted: string) => parts.find(([, option]) => option === wanted)?.[2];
  const list = value('name') ?? 'DEFAULT';
  const hits = Number(value('hitcount') ?? 1);
  return (asked) => (ASKING.has(asked) ? (flow) => (isAdded(flow, list) && hits <= 1 ? undefined : false) : () => true);
}

/** Options that match only a client in the list. */
const ASKING: ReadonlySet<string> = new Set(['rcheck', 'update', 'remove']);
