/**
 * cli: `vipc port-forward`: listens on loopback, and relays to the Pods of a Service until a signal ends it.
 */
import type { AddressInfo, Server } from 'node:net';
import { AS_IT_IS } from '../complete/complete.js';
import { type Forward, type Forwarding, forwardPod, forwardService } from '../kubectl/forward.js';
import type { Snapshot } from '../read/types.js';
import { listen } from '../relay/tcp.js';
import type { Relay } from '../relay/types.js';
import { type ClusterFlags, loadCluster, readingOf } from './cluster.js';
import { type ForwardArgs, forwardArgs } from './forward-args.js';
import { openInput } from './input.js';
import { EXIT, type Io, say, writeLines } from './io.js';
import { notFound } from './not-found.js';
import { relayTo } from './relayed.js';
import { startInside } from './relayed-inside.js';

export interface PortForwardFlags extends ClusterFlags {
  readonly netns?: string;
}

/** Forwards until SIGINT or SIGTERM; returns the exit code. */
export async function runPortForward(args: readonly string[], flags: PortForwardFlags, io: Io): Promise<number> {
  const asked = forwardArgs(args);
  const input = await openInput(asked.paths, flags, io);
  const reading = { ...readingOf(flags), completion: AS_IT_IS };
  const { namespace = input.namespace } = asked;
  const need = { kinds: ['Service', 'Pod'], namespaces: [namespace] };
  const loaded = await loadCluster(input, need, reading, io, ({ severity }) => severity === 'error' || reading.verbose);
  if ('code' in loaded) return loaded.code;
  const found = forwardingOf(loaded.snapshot, namespace, asked);
  if ('problem' in found) {
    say(io.stderr, `error: ${found.problem}`);
    return EXIT.different;
  }
  const listening: Listening[] = [];
  try {
    for (const forward of found.forwards) listening.push(...(await listenOnLoopback(forward)));
    return await forwardUntilTold(listening, flags.netns, io);
  } finally {
    for (const { server } of listening) server.close();
  }
}

function forwardingOf(snapshot: Snapshot, namespace: string, { kind, name, ports }: ForwardArgs): Forwarding {
  const isIt = ({ metadata }: Snapshot['pods' | 'services'][number]) =>
    metadata.name === name && metadata.namespace === namespace;
  if (kind === 'pod') {
    const pod = snapshot.pods.find(isIt);
    if (pod) return forwardPod(pod, ports);
    throw new Error(notFound('Pod', name, namespace, snapshot.pods));
  }
  const service = snapshot.services.find(isIt);
  if (service) return forwardService(service, snapshot, ports);
  throw new Error(notFound('Service', name, namespace, snapshot.services));
}

/** A listener, and where its clients go. */
interface Listening {
  readonly server: Server;
  readonly forward: Forward;
}

/** 127.0.0.1 and ::1 with the same port; one of them is enough, as for kubectl. */
async function listenOnLoopback(forward: Forward): Promise<readonly Listening[]> {
  const four = await listen('127.0.0.1', forward.local);
  const port = 'problem' in four ? forward.local : (four.address() as AddressInfo).port;
  const six = await listen('::1', port);
  const servers = [four, six].flatMap((each) => ('problem' in each ? [] : [each]));
  if (servers.length === 0) {
    const why = 'problem' in four ? four.problem : '';
    throw new Error(`cannot listen on port ${forward.local} of 127.0.0.1 and ::1: ${why}`);
  }
  return servers.map((server) => ({ server, forward }));
}

async function forwardUntilTold(listening: readonly Listening[], netns: string | undefined, io: Io): Promise<number> {
  const told = new Promise<'told'>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve('told'));
  });
  const tell = (line: string) => say(io.stderr, line);
  const inside = netns === undefined ? undefined : startInside(netns, tell);
  const ended = inside?.ended ?? new Promise<never>(() => {});
  const relays: Relay[] = [];
  const lines = listening.map(forwardingLine);
  for (const { server, forward } of listening) {
    if (inside) await Promise.race([inside.relay(server, forward), ended]);
    else relays.push(relayTo(server, forward, tell));
  }
  const failed = await Promise.race([ended, Promise.resolve(undefined)]);
  if (failed === undefined) await writeLines(io.stdout, lines);
  const end = await Promise.race([told, ended]);
  for (const relay of relays) relay.close();
  inside?.close();
  if (end === 'told') return EXIT.ok;
  throw new Error(`cannot forward from network namespace ${netns}: ${end}`);
}

function forwardingLine({ server, forward: { endpoints } }: Listening): string {
  const { address, port } = server.address() as AddressInfo;
  const [first] = endpoints;
  const to = first?.pod === undefined ? '' : ` of ${first.pod}`;
  return `Forwarding from ${address.includes(':') ? `[${address}]` : address}:${port} -> ${first?.port}${to}`;
}
