/**
 * Perl relay: the relay's program on a node where Node.js is not, such as the guest. Its listeners are those that the
 * daemon wants; each that is TCP over IPv4 is a process there, which connects to the first endpoint.
 */
import type { Host } from '../../apply/host.js';
import type { Open } from '../../relay/relays.js';
import { perl } from '../network/topology.js';
import { withRelay } from './relayed.js';

/** `host` with a relay. */
export function withPerlRelay(host: Host): Host {
  return withRelay(host, openOn(host));
}

/** In the background, because the host may run only one program at a time. */
const START = `said=$(mktemp); setsid perl -e "$0" "$@" >$said 2>&1 &
  for i in $(seq 2000); do grep -q . $said && break; sleep 0.02; done
  cat $said; rm $said`;

function openOn(host: Host): Open {
  return async (listener) => {
    const { protocol, address, port, endpoints } = listener();
    const [endpoint] = endpoints;
    const none = { open: () => 0, leave: () => {}, close: () => {} };
    if (protocol !== 'tcp' || address !== '0.0.0.0' || !endpoint) return none;
    const argv = ['sh', '-c', START, perl('once', 'relay'), String(port), endpoint.ip, String(endpoint.port)];
    const { stdout } = await host.run(argv);
    const [, pid] = /^ready (\d+)$/m.exec(stdout) ?? [];
    if (pid === undefined) return { problem: stdout.trim() };
    const end = (): void => void host.run(['kill', pid]);
    return { open: () => 1, leave: end, close: end };
  };
}
