/**
 * cli: a listener of `vipc port-forward` → its relay, which tells when an endpoint goes.
 */
import type { Server } from 'node:net';
import type { Forward, ForwardEndpoint } from '../kubectl/forward.js';
import { inTurn } from '../relay/attempts.js';
import { relay } from '../relay/tcp.js';
import type { Relay } from '../relay/types.js';

/** What the process in a network namespace sends when it accepts the clients of a listener. */
export const ACCEPTED = 'accepted';

/** Relays to the endpoints of `forward`: the first until it fails, then the next. */
export function relayTo(server: Server, { endpoints }: Forward, say: (line: string) => void): Relay {
  const owner = inTurn(endpoints, (from, problem, to) => {
    say(`${nameOf(from)}: ${problem}${to === from ? '' : `; new connections go to ${nameOf(to)}`}`);
  });
  return relay(
    server,
    () => owner,
    (why) => say(`a connection was closed: ${why}`),
  );
}

function nameOf({ address, port, pod }: ForwardEndpoint): string {
  const at = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  return pod === undefined ? at : `${pod} at ${at}`;
}
