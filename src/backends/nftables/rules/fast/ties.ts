/**
 * layout fast, part: how ServicePorts depend on each other. Whether one shares chains depends on those at its addresses.
 * Chains depend on numbers of endpoints, and there are as many maps as the largest number needs.
 */
import type { ServicePort } from '../../../../resolve/types.js';
import type { Needs, Ties } from '../../../backend.js';
import { claimsOf } from '../../../shared/conflicts.js';
import { addressesOf } from '../ties.js';
import { neededIn } from './chains.js';
import { chainsOf } from './service-port.js';
import { sharesOf } from './share.js';
import { pickChain, type Spaces, slotMap, spacesOf } from './spaces.js';

const SPACES = { ipv4: spacesOf({ ip: 'ip' }), ipv6: spacesOf({ ip: 'ip6' }) } as const;

export const FAST_TIES: Ties = {
  claims: (port) => [...claimsOf(port), ...addressesOf(port)],
  isTransitive: true,
  *needs(ports) {
    for (const family of ['ipv4', 'ipv6'] as const) {
      const spaces = SPACES[family];
      const shares = sharesOf(
        ports.filter((port) => port.family === family),
        spaces,
      );
      for (const [port, endpoints] of shares) yield [port, needsIn(spaces, port, endpoints.length)];
    }
  },
};

/** What a ServicePort with so many numbered endpoints needs of the chains and maps. */
function needsIn(spaces: Spaces, port: ServicePort, slots: number): Needs {
  const both = [spaces.vips, spaces.nodePorts].map((space) => ({
    space,
    needed: neededIn(space, spaces, new Map([[port, new Array(slots)]])),
  }));
  return {
    own: both.flatMap(({ space, needed: { picks, externals } }) => [
      ...picks.map((count) => pickChain(space, count)),
      ...externals.map((each) => chainsOf(space, each).external),
    ]),
    always: both.flatMap(({ space, needed }) => (needed.slots > 0 ? [slotMap(space, needed.slots)] : [])),
  };
}
