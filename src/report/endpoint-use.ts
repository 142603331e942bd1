/**
 * endpoint-use: the reasons why an endpoint gets no connections of some ports or nodes → whether it is used, in a word.
 */
import type { Unused } from '../explain/types.js';

/** In: of one endpoint; `ports` is the number of ports of its Service. Out: a word, and the reasons as text. */
export function useOf({ ports, unused }: { readonly ports: number; readonly unused: readonly Unused[] }): {
  readonly used: 'used' | 'used in part' | 'not used';
  readonly why: string;
} {
  if (unused.length === 0) return { used: 'used', why: '' };
  const ofAllPorts = unused.some(({ port }) => port === undefined) || unused.length >= ports;
  const fromAllNodes = unused.every(({ why }) => !why.startsWith('from '));
  const [{ why = '' } = {}] = unused;
  const isOne = ofAllPorts && unused.every((each) => each.why === why);
  return {
    used: ofAllPorts && fromAllNodes ? 'not used' : 'used in part',
    why: isOne ? why : unused.map(({ port = '', why }) => (port === '' ? why : `${port}: ${why}`)).join('; '),
  };
}
