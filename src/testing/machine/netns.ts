/** Netns: a private network namespace of a test, with its own rules, conntrack and sockets. */
import { randomBytes } from 'node:crypto';
import { type Host, inNetns, type Outcome } from '../../apply/host.js';
import { agentHost } from './agent.js';

/** A name for a network namespace of this run: `vipc-t-RUN-RANDOM`, by which a later run finds it (scripts/run.js). */
export function newName(): string {
  return `vipc-t-${process.env['VIPC_TEST_RUN'] ?? process.pid}-${randomBytes(4).toString('hex')}`;
}

export interface Netns {
  readonly host: Host;
  /** The name in `ip netns`. */
  readonly name: string;
  readonly remove: () => Promise<void>;
}

/** Makes a namespace with `lo` up on the machine `on`, or this one; it stays until it is removed. */
export async function makeNetns(on?: Host): Promise<Netns> {
  const machine = on ?? agentHost();
  const ip = async (...args: readonly string[]): Promise<void> => {
    succeeded(await machine.run(['ip', ...args]), `ip ${args.join(' ')}`);
  };
  const name = newName();
  await ip('netns', 'add', name);
  const remove = () => ip('netns', 'del', name);
  try {
    await ip('-n', name, 'link', 'set', 'lo', 'up');
  } catch (error) {
    await remove();
    throw error;
  }
  return { host: on ? inNetns(on, name) : agentHost({ netns: name }), name, remove };
}

/** Makes a namespace, gives `use` its Host, and deletes it in every case. */
export async function withNetns<T>(use: (host: Host, name: string) => Promise<T>, on?: Host): Promise<T> {
  const { host, name, remove } = await makeNetns(on);
  try {
    return await use(host, name);
  } finally {
    await remove();
  }
}

/** The same, with the addresses of the node in the conformance cases. */
export function withNode<T>(use: (host: Host, name: string) => Promise<T>, on?: Host): Promise<T> {
  return withNetns(async (host, name) => {
    await addNodeAddresses(host);
    return use(host, name);
  }, on);
}

/** Adds an interface like node-a's, without duplicate address detection, which takes a second. */
export async function addNodeAddresses(host: Host): Promise<void> {
  const script = [
    'ip link add eth0 type veth peer name other',
    'ip link set eth0 up',
    'ip address add 192.168.7.2/24 dev eth0',
    'ip address add fd00:7::2/64 dev eth0 nodad',
  ];
  succeeded(await host.run(['sh', '-ec', script.join('\n')]), 'addresses of the node');
}

/** The outcome, if it is a success; else throws. */
export function succeeded(outcome: Outcome, what: string): Outcome {
  if (outcome.code !== 0) throw new Error(`${what}: exit ${outcome.code}: ${outcome.stderr.trim()}`);
  return outcome;
}
