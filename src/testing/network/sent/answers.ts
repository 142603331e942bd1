/**
 * answers: sends packets through rules in a network namespace, and reads what became of each: quickly, without a trace, so
 * that many rule sets can be tried. The node is the one of traced/compared.ts.
 */
import type { Host } from '../../../apply/host.js';
import type { Family } from '../../../ip.js';
import type { PacketClass } from '../../../packet/packet.js';
import { succeeded } from '../../machine/netns.js';
import { packetBytes } from '../traced/bytes.js';
import { DEVICES } from '../traced/classes.js';
import { argvOf, wiring } from '../traced/compared.js';

/** Runs a program with an input, such as iptables-restore. */
export interface Feed {
  readonly argv: readonly string[];
  readonly input: string;
}

/** Sends `count` packets of a class, each from another source port unless the class has one. */
export interface Send {
  readonly packet: PacketClass;
  readonly count: number;
}

/** How often each answer came: `out cni0 10.0.0.9 > 10.244.1.5 8080 unmarked`, `refused 3 3`, `delivered 10.0.0.9 80`, `nothing`. */
export type Answers = ReadonlyMap<string, number>;

/** Makes the node in the namespace of `host`. */
export async function makeNode(host: Host): Promise<void> {
  succeeded(await host.run(['sh', '-ec', `${wiring()}\n${UNLIMITED}`]), 'wiring');
  succeeded(await host.run(['nft', '-f', '-'], MARKS), 'nft');
}

/** Refusals are not limited: types of ICMP outside of these masks are not, and none that is sent here is in them. */
const UNLIMITED = 'sysctl -qw net.ipv4.icmp_ratemask=0 net.ipv6.icmp.ratelimit=0 net.ipv6.icmp.ratemask=0';

/** Writes the masquerade mark and the mark of a mutation to packets that leave, as another type of service. */
const MARKS = ['0x4000', '0x8000', '0xc000'].reduce(
  (lines, mark, i) =>
    ['ip', 'ip6'].reduce(
      (all, ip) => `${all}add rule inet marks out meta mark & 0xc000 == ${mark} ${ip} dscp set ${i + 1}\n`,
      lines,
    ),
  'add table inet marks\nadd chain inet marks out { type filter hook postrouting priority 400; }\n',
);

/** The reason why packets of a class cannot be sent here; undefined if they can. */
export function whyUnsent({ protocol, state, inInterface, family, ...packet }: PacketClass): string | undefined {
  if (inInterface !== undefined && (typeof inInterface !== 'string' || !(inInterface in DEVICES)))
    return 'by an interface that the node does not have';
  if (!packetBytes({ protocol, family, ...packet, ...(state && { state }) }, 1))
    return state === undefined ? `protocol ${protocol}` : `state ${state}`;
  return undefined;
}

/** Commands that one program runs in order; what `feed` and `send` return has its value when `run` has ended. */
export interface Script {
  /** The exit code. */
  readonly feed: (feed: Feed) => () => number;
  readonly send: (send: Send) => () => Answers;
  readonly run: () => Promise<void>;
}

export function newScript(host: Host, family: Family): Script {
  const texts: string[] = [];
  let lines: readonly string[] = [];
  const lineOf = (text: string) => {
    const at = texts.push(text) - 1;
    return () => lines[at] ?? '';
  };
  return {
    feed(feed) {
      const line = lineOf(feedText(feed));
      return () => Number(line());
    },
    send(send) {
      const line = lineOf(sendText(send));
      return () => countsIn(line());
    },
    async run() {
      const argv = argvOf(family, new URL('answers.pl', import.meta.url));
      lines = succeeded(await host.run(argv, texts), 'answers.pl').stdout.split('\n');
    },
  };
}

function feedText({ argv, input }: Feed): string {
  return `feed ${Buffer.byteLength(input)} ${argv.join(' ')}\n${input}`;
}

function sendText({ packet, count }: Send): string {
  const { inInterface, sourcePort, state = 'NEW', remembered } = packet;
  const bytes = packetBytes(packet, 1);
  if (!bytes) throw new Error(`no such packet can be made: ${packet.protocol} ${packet.state}`);
  const port = sourcePort === undefined || sourcePort === ANY ? 'any' : 'same';
  return `send ${inInterface ?? '-'} ${count} ${port} ${remembered?.list ?? '-'} ${state} ${bytes.toString('hex')}\n`;
}

/** The source port of packets whose source port no rule asks for (verify/classes.ts). */
const ANY = 40_000;

function countsIn(line: string): Answers {
  const words = line.split('\t');
  return new Map(
    words.flatMap((word, i) => (i % 2 === 0 && word !== '' ? [[word, Number(words[i + 1])] as const] : [])),
  );
}
