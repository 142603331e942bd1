/**
 * relay-socket: where the daemon shows its listeners to other vipc commands on the node. One connection, one text.
 */
import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Host } from '../apply/host.js';
import { RELAY } from '../tools/relay/tool.js';

/** Answers every connection with the relay's listeners; a problem is why it cannot. */
export function showRelay(
  path: string,
  host: Host,
): Promise<{ readonly close: () => void } | { readonly problem: string }> {
  const server = createServer(async (client) => {
    client.on('error', () => client.destroy());
    client.end((await host.run([RELAY, 'show'])).stdout);
  });
  // A daemon that was killed leaves its socket; the lock says that there is no other daemon.
  rmSync(path, { force: true });
  return new Promise((resolve) => {
    server.once('error', ({ message }) => resolve({ problem: message }));
    server.listen(path, () => resolve({ close: () => void server.close() }));
  });
}

/** `host`, on which a daemon that listens at `path` answers for the relay; without one there is none. */
export function askingDaemon(host: Host, path: () => Promise<string>): Host {
  return {
    run: async (argv, stdin) => {
      if (argv[0] !== RELAY) return host.run(argv, stdin);
      const none = { code: 127, stdout: '', stderr: `${RELAY}: no daemon runs here` };
      if (argv[1] !== 'show') return none;
      const socket = await path();
      return new Promise((resolve) => {
        let text = '';
        const client = connect(socket);
        client.setTimeout(PATIENCE, () => client.destroy(new Error('it does not answer')));
        client.on('data', (part) => {
          text += part;
        });
        client.once('error', () => resolve(none));
        client.once('end', () => resolve({ code: 0, stdout: text, stderr: '' }));
      });
    },
  };
}

/** Milliseconds. */
const PATIENCE = 5000;
