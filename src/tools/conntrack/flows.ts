/**
 * Connections that the kernel tracks, as conntrack(8) lists and deletes them: data, parser and printer together.
 */
import { show } from '../../diag.js';
import { parseIp } from '../../ip.js';
import type { Line } from '../../text.js';
import type { L4Protocol } from '../l4.js';

/** One tracked connection: the addresses of its first packet, and the address from which the reply is expected. */
export interface Flow {
  readonly protocol: L4Protocol;
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  readonly replySource: string;
  readonly replySourcePort: number;
}

/** The flows of `conntrack -L`, except those in a conntrack zone: zones belong to other programs. */
export function parse(text: string): readonly Flow[] {
  return text.split('\n').flatMap((line) => parseLine(line) ?? []);
}

/**
 * What is wrong with a listing: a line of `text` is no flow, or `text` has not as many flows as conntrack reports on
 * its stderr, `beside`.
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
 * Deletes flows, as input for `conntrack -R -`. For each line the kernel walks its whole table, so one line covers all
 * flows of one address to one endpoint, from any client: the number of lines follows the lost endpoints, not the
 * clients.
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
