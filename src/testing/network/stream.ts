/**
 * Stream: continuous new connections while something happens.
 */
import type { Host } from '../../apply/host.js';
import { succeeded } from '../machine/netns.js';
import { type Connect, perl } from './topology.js';

export interface Stream extends Pick<Connect, 'protocol' | 'to' | 'port' | 'from'> {
  readonly on: Host;
  /** Between connections, so that the rules can change; 5 ms means some hundred connections per second. */
  readonly pauseMs?: number;
  /** The time limit of each; only a lost connection reaches it, however busy the machine is. */
  readonly seconds?: number;
}

/** The results of the connections of one stream. */
export interface Report {
  /** `udp 10.96.0.1 80` */
  readonly stream: string;
  /** How many connections were answered. */
  readonly answers: number;
  /** How many were not, by the result. */
  readonly failures: Readonly<Record<string, number>>;
  /** How many SYNs were sent again, including those of other streams from the same host. */
  readonly resent: number;
  /** The result of the last connection. */
  readonly last: string;
}

/** Runs `work` while every stream keeps connecting: from before its first step until after its last. */
export async function underStreams(streams: readonly Stream[], work: () => Promise<void>): Promise<readonly Report[]> {
  const [{ on }] = streams as [Stream];
  const file = succeeded(await on.run(['mktemp', '-t', 'vipc-stream.XXXXXX']), 'mktemp').stdout.trim();
  // In the background, because the host may run only one program at a time.
  for (const [i, { on, protocol = 'tcp', to, ...each }] of streams.entries()) {
    const { port, from = 0, pauseMs = 5, seconds = 10 } = each;
    const start = ['sh', '-c', `setsid perl -e "$0" "$@" >${file}.${i} 2>&1 &`, perl('once', 'stream')];
    succeeded(await on.run([...start, file, protocol, to, ...[port, from, pauseMs, seconds].map(String)]), 'stream');
  }
  let said = '';
  try {
    await begun(on, file, streams.length);
    await work();
  } finally {
    await on.run(['rm', '-f', file]);
    said = await ended(on, file, streams.length);
  }
  const names = streams.map(({ protocol = 'tcp', to, port }) => `${protocol} ${to} ${port}`);
  const lines = said.trimEnd().split('\n');
  return lines.map((line, i) => ({ ...(JSON.parse(line) as Omit<Report, 'stream'>), stream: names[i] ?? '' }));
}

/** Whether a connection was lost, or needed a second SYN. */
export function isHurt({ failures, resent }: Report): boolean {
  return Object.keys(failures).length > 0 || resent > 0;
}

/**
 * Deletes all connections that `node` tracks. A lost one would be remembered for two minutes, with its destination.
 * Linux reuses source ports after ten seconds, so a later connection from the same port would go to that destination
 * and be lost too.
 */
export async function forgetConnections(node: Host): Promise<void> {
  succeeded(await node.run(['conntrack', '-F']), 'conntrack');
}

/** Waits for the last connection of each stream; returns the results of each, one line per stream. */
async function ended(on: Host, file: string, streams: number): Promise<string> {
  const script = `for i in $(seq 6000); do [ "$(cat ${file}.* | wc -l)" -ge ${streams} ] && break; sleep 0.05; done
    for i in $(seq 0 ${streams - 1}); do cat ${file}.$i; done; rm ${file}.*`;
  return (await on.run(['sh', '-c', script])).stdout;
}

/** Waits for the first answer of each stream. */
async function begun(on: Host, file: string, streams: number): Promise<void> {
  const script = `for i in $(seq 6000); do [ "$(stat -c %s ${file})" -ge ${streams} ] && exit; sleep 0.05; done; cat ${file}.* >&2; exit 1`;
  succeeded(await on.run(['sh', '-c', script]), 'streams that are all answered');
}
