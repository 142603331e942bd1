/** Netns: a network namespace of a test's own, with rules, conntrack and sockets that nobody else sees. */
import { randomBytes } from 'node:crypto';
import { type Host, inNetns, localHost, type Outcome } from '../apply/host.js';

/** Makes a fresh namespace with `lo` up on the machine `on`, gives `use` its Host, and deletes it whatever happens. */
export async function withNetns<T>(use: (host: Host, name: string) => Promise<T>, on: Host = localHost()): Promise<T> {
  const ip = async (...args: readonly string[]): Promise<void> => {
    succeeded(await on.run(['ip', ...args]), `ip ${args.join(' ')}`);
  };
  const name = `vipc-test-${process.pid}-${randomBytes(4).toString('hex')}`;
  await ip('netns', 'add', name);
  try {
    await ip('-n', name, 'link', 'set', 'lo', 'up');
    return await use(inNetns(on, name), name);
  } finally {
    await ip('netns', 'del', name);
  }
}

/** The outcome, when it is a good one. */
export function succeeded(outcome: Outcome, what: string): Outcome {
  if (outcome.code !== 0) throw new Error(`${what}: exit ${outcome.code}: ${outcome.stderr.trim()}`);
  return outcome;
}
