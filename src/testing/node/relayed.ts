/**
 * Relayed: a host with a relay, which shows what it is told to have.
 */
import type { Host } from '../../apply/host.js';
import { newRelays, type Open } from '../../relay/relays.js';
import { RELAY } from '../../tools/relay/tool.js';

/** Listeners that are opened nowhere. */
const NOWHERE: Open = async () => ({ open: () => 0, leave: () => {}, close: () => {} });

/** `host` with a relay whose listeners are opened by `open`. */
export function withRelay(host: Host, open: Open = NOWHERE): Host {
  const relays = newRelays({ open, now: () => 0, failed: () => {}, most: 0, taken: async () => {} });
  return {
    run: async ([program = '', ...args], stdin = '') => {
      if (program !== RELAY) return host.run([program, ...args], stdin);
      if (args[0] === 'show') return { code: 0, stdout: relays.show(), stderr: '' };
      const problem = await relays.change(typeof stdin === 'string' ? stdin : [...stdin].join(''));
      return { code: problem === undefined ? 0 : 1, stdout: '', stderr: problem ?? '' };
    },
  };
}
