/**
 * relay: the process that has the listeners, started by the daemon (sync/relay-process.ts): questions come as messages, and
 * answers and failures go back. Its connections have an event loop of their own, so a sync of many Services does not hold
 * them up; and a network namespace, in which its sockets are made.
 */
import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import type { Outcome } from '../tools/ask.js';
import type { Listener } from '../tools/relay/types.js';
import { newRelays, type Open } from './relays.js';
import { sparing } from './sparing.js';
import { listen, relay } from './tcp.js';
import type { Message, Question } from './types.js';
import { listenUdp, relayUdp } from './udp.js';

/** Two turns of the event loop: the poll of the first may have begun before a connection came. */
async function taken(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Descriptors for connections; some are for listeners. */
function mostDescriptors(): number {
  const [, limit] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  return Math.max(200, Number(limit ?? 1024) - 100);
}

const relays = newRelays({
  open,
  now: () => performance.now(),
  failed: sparing((failure) => tell({ kind: 'failed', failure }), setTimeout),
  most: mostDescriptors(),
  taken,
});

process.on('message', async ({ id, args, input }: Question) =>
  tell({ kind: 'answer', id, outcome: await answer(args, input) }),
);
// The daemon has ended, however that was: its connections end, too.
process.on('disconnect', () => process.exit());
// Signals for the group reach this process as well; the daemon decides.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

function tell(message: Message): void {
  process.send?.(message);
}

async function answer([verb]: readonly string[], input: string): Promise<Outcome> {
  const done = (stdout: string): Outcome => ({ code: 0, stdout, stderr: '' });
  switch (verb) {
    case 'show':
      return done(relays.show());
    case 'count':
      return done(`${JSON.stringify(relays.counts())}\n`);
    case 'change': {
      const problem = await relays.change(input);
      return problem === undefined ? done('') : { code: 1, stdout: '', stderr: problem };
    }
    default:
      return { code: 2, stdout: '', stderr: 'no such command' };
  }
}

async function open(
  listener: () => Listener,
  ownerFor: Parameters<Open>[1],
  lost: Parameters<Open>[2],
): ReturnType<Open> {
  const { protocol, address, port } = listener();
  if (protocol === 'tcp') {
    const server = await listen(address, port);
    return 'problem' in server ? server : relay(server, ownerFor, lost);
  }
  const sockets = await listenUdp([address, ...ownAddresses(address)], port);
  return 'problem' in sockets ? sockets : relayUdp(sockets, ownerFor, lost, () => listener().idle ?? 0);
}

/** The addresses of the node that a socket for `address` stands for. */
function ownAddresses(address: string): readonly string[] {
  const family = address === '0.0.0.0' ? 'IPv4' : address === '::' ? 'IPv6' : undefined;
  const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  // A link-local address needs its interface with it.
  return own.filter((each) => each.family === family && !each.address.startsWith('fe80:')).map((each) => each.address);
}
