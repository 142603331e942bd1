/**
 * Connections that the kernel tracks, as conntrack(8) lists and deletes them: data, parse and print together.
 */
import { show } from '../../diag.js';
import { parseIp } from '../../ip.js';
import type { Line } from '../../text.js';
import type { L4Protocol } from '../l4.js';

/** One tracked connection: what its first packet said, and from where an answer is expected. */
export interface Flow {
  readonly protocol: L4Protocol;
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  readonly replySource: string;
  readonly replySourcePort: number;
}

/** The flows of `conntrack -L`; those in a zone of their own are somebody's for other purposes, and left out. */
export function parse(text: string): readonly Flow[] {
  return text.split('\n').flatMap((line) => parseLine(line) ?? []);
}

/**
 * What is wrong with a listing: `text` has a line that is no flow, or not as many flows as conntrack says, beside it, that
 * it has shown.
 */
export function problemOf(text: string, beside: string): string | undefined {
  const lines = text.split('\n').filter((line) => line !== '');
  const junk = lines.find((line) => !/ src=\S+ dst=\S+ .*\bsrc=\S+ dst=\S+ /.test(line));
  if (junk !== undefined) return `it prints something that vipc does not understand: ${show(junk)}`;
  const [, shown] = /\b(\d+) flow entries have been shown/.exec(beside) ?? [];
  const cut = shown !== undefined && Number(shown) !== lines.length;
  return cut ? `it prints ${lines.length} of ${shown} flows` : undefined;
}

const LINE =
  /^(?:ipv[46]\s+\d+\s+)?(tcp|udp|sctp)\s.*?\bsrc=(\S+) dst=(\S+) sport=(\d+) dport=(\d+) .*?\bsrc=(\S+) dst=\S+ sport=(\d+) dport=\d+/;

function parseLine(line: string): Flow | undefined {
  const [, protocol, source, destination, sourcePort, destinationPort, replySource, replySourcePort] =
    LINE.exec(line) ?? [];
  if (protocol === undefined || /\bzone(?:-orig|-reply)?=/.test(line)) return undefined;
  const [from, to, back] = [source, destination, replySource].map((ip) => parseIp(ip ?? '')?.text);
  if (from === undefined || to === undefined || back === undefined) return undefined;
  return {
    protocol: protocol as L4Protocol,
    source: from,
    sourcePort: Number(sourcePort),
    destination: to,
    destinationPort: Number(destinationPort),
    replySource: back,
    replySourcePort: Number(replySourcePort),
  };
}

/**
 * Deletes flows, as input for `conntrack -R -`. Each line walks through all that the kernel tracks, so there is one for
 * all flows of one address to one endpoint, whoever sends them: as many as Services have lost endpoints, not as there
 * are clients.
 */
export function* printDeletions(flows: readonly Flow[]): Generator<Line> {
  const lines = flows.map(({ protocol, destination, destinationPort, replySource, replySourcePort }) => {
    const family = destination.includes(':') ? 'ipv6' : 'ipv4';
    const sent = `--orig-dst ${destination} --orig-port-dst ${destinationPort}`;
    const answered = `--reply-src ${replySource} --reply-port-src ${replySourcePort}`;
    return `-D -f ${family} -p ${protocol} ${sent} ${answered}`;
  });
  for (const text of new Set(lines)) yield { text };
}
