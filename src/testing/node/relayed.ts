/**
 * Relayed: a host with a relay whose listeners are opened nowhere: what it is told to have is what it shows.
 */
import type { Host } from '../../apply/host.js';
import { newRelays } from '../../relay/relays.js';
import { RELAY } from '../../tools/relay/tool.js';

export function withRelay(host: Host): Host {
  const relays = newRelays({
    open: async () => ({ open: () => 0, leave: () => {}, close: () => {} }),
    now: () => 0,
    failed: () => {},
    most: 0,
  });
  return {
    run: async ([program = '', ...args], stdin = '') => {
      if (program !== RELAY) return host.run([program, ...args], stdin);
      if (args[0] === 'show') return { code: 0, stdout: relays.show(), stderr: '' };
      const problem = await relays.change(typeof stdin === 'string' ? stdin : [...stdin].join(''));
      return { code: problem === undefined ? 0 : 1, stdout: '', stderr: problem ?? '' };
    },
  };
}
