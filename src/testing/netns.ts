/** Netns: a network namespace of a test's own, with rules, conntrack and sockets that nobody else sees. */
import { randomBytes } from 'node:crypto';
import { type Host, localHost, netnsHost, type Outcome } from '../apply/host.js';

/** Makes a fresh namespace with `lo` up, gives `use` its Host, and deletes it whatever happens. */
export async function withNetns<T>(use: (host: Host, name: string) => Promise<T>): Promise<T> {
  const name = `vipc-test-${process.pid}-${randomBytes(4).toString('hex')}`;
  await ip('netns', 'add', name);
  try {
    await ip('-n', name, 'link', 'set', 'lo', 'up');
    return await use(netnsHost(name), name);
  } finally {
    await ip('netns', 'del', name);
  }
}

/** The outcome, when it is a good one. */
export function succeeded(outcome: Outcome, what: string): Outcome {
  if (outcome.code !== 0) throw new Error(`${what}: exit ${outcome.code}: ${outcome.stderr.trim()}`);
  return outcome;
}

async function ip(...args: readonly string[]): Promise<void> {
  succeeded(await localHost().run(['ip', ...args]), `ip ${args.join(' ')}`);
}
