/**
 * compared: sends packets through rules in a network namespace, and reads the kernel's trace of each rule's verdict.
 *
 *     eth0 ─ 192.168.7.2  node-a  10.244.1.1 ─ cni0
 *
 * Both devices are tun devices: the test writes the packets that come in, and reads the packets that the node sends.
 */
import { readFileSync } from 'node:fs';
import type { Host } from '../../../apply/host.js';
import type { Family } from '../../../ip.js';
import type { PacketClass } from '../../../packet/packet.js';
import { succeeded, withNetns } from '../../machine/netns.js';
import { endsOf, MOST_NUMBERS, packetBytes } from './bytes.js';
import { DEVICES } from './classes.js';

/** A packet to send; `opener` is the packet that began its flow. */
export interface Sent {
  readonly packet: PacketClass;
  readonly opener?: PacketClass;
  /** Whether session affinity must have forgotten the senders of all packets before. */
  readonly isAlone?: boolean;
}

/** The trace of a packet. */
export interface Traced {
  /** `nat:KUBE-SERVICES:3:JUMP:KUBE-SVC-X -A KUBE-SERVICES …`, with the rule's number; `filter:FORWARD:policy:DROP`. */
  readonly steps: readonly string[];
  /** The hook of the last base chain in the trace: `INPUT`. */
  readonly last: string | undefined;
  /** The packet as it left the node; undefined if it did not. */
  readonly left: (ReturnType<typeof endsOf> & { readonly device: string }) | undefined;
  /** The error if it could not be sent. */
  readonly failed: string | undefined;
  /** Whether the trace is incomplete, because the monitor's socket had no room for all messages. */
  readonly isLost: boolean;
}

/** Rules in the kernel, for which packets are traced. */
export interface Loaded {
  readonly monitor: 'xtables' | 'nft';
  /** The commands of nft that empty the sets which packets fill. */
  readonly forget: string;
  /** The name of a table in steps. */
  readonly table: (family: string, table: string) => string;
  /** The rule with a handle, such as 0x1f, of `ip nat PREROUTING`. */
  readonly rule: (chain: string, handle: string) => Listed | undefined;
  /** The hook of a base chain. */
  readonly hook: (chain: string) => string | undefined;
}

/** A rule in a listing: its number in the chain, from 1, and its text. */
export interface Listed {
  readonly place: number;
  readonly text: string;
}

/** Runs `use` with a node that has the rules which `load` loads. */
export function withTracedNode<T>(
  family: Family,
  load: (host: Host) => Promise<Loaded>,
  use: (send: (packets: readonly Sent[]) => Promise<readonly Traced[]>) => Promise<T>,
): Promise<T> {
  return withNetns(async (host) => {
    succeeded(await host.run(['sh', '-ec', wiring()]), 'wiring');
    const loaded = await load(host);
    let sent = 0;
    return use(async (packets) => {
      if (sent + packets.length >= MOST_NUMBERS) throw new Error('more packets than there are numbers');
      const first = sent + 1;
      sent += packets.length;
      const script = argvOf(family, new URL('inject.pl', import.meta.url));
      const input = [`${loaded.monitor} ${loaded.forget}\n`, ...linesOf(packets, first)];
      const { stdout } = succeeded(await host.run(script, input), 'inject.pl');
      return read(stdout.split('\n'), { first, count: packets.length, loaded });
    });
  });
}

/** Commands that make the node of DEVICES in a network namespace. */
export function wiring(): string {
  const sysctls = [
    'net.ipv4.ip_forward=1',
    'net.ipv6.conf.all.forwarding=1',
    'net.ipv4.conf.all.rp_filter=0',
    'net.ipv4.conf.default.rp_filter=0',
    // kube-proxy sets it for node ports on 127.0.0.1.
    'net.ipv4.conf.all.route_localnet=1',
    'net.ipv4.conf.all.send_redirects=0',
    'net.ipv4.conf.default.send_redirects=0',
    // An echo reply has the type of service of the request, and a number that may be another packet's.
    'net.ipv4.icmp_echo_ignore_all=1',
    'net.ipv6.icmp.echo_ignore_all=1',
    // Packets are sent without checksums.
    'net.netfilter.nf_conntrack_checksum=0',
  ];
  return [
    `sysctl -qw ${sysctls.join(' ')}`,
    ...Object.entries(DEVICES).flatMap(([device, addresses]) => [
      `ip tuntap add dev ${device} mode tun`,
      `ip link set ${device} up`,
      ...addresses.map((ip) => `ip address add ${ip} dev ${device}${ip.includes(':') ? ' nodad' : ''}`),
    ]),
    'ip route add default dev eth0',
    'ip -6 route add default dev eth0',
  ].join('\n');
}

/** The program that runs a script behind devices.pl. */
export function argvOf(family: Family, script: URL): readonly string[] {
  const text = [new URL('devices.pl', import.meta.url), script].map((url) => readFileSync(url, 'utf8')).join('');
  return ['perl', '-e', text, family === 'ipv4' ? '4' : '6', ...Object.keys(DEVICES)];
}

function linesOf(packets: readonly Sent[], first: number): readonly string[] {
  return packets.map(({ packet, opener, isAlone }, i) => {
    const bytes = packetBytes(packet, first + i, opener);
    if (!bytes) throw new Error(`no such packet can be made: ${packet.protocol} ${packet.state}`);
    return `${packet.inInterface ?? '-'} ${bytes.toString('hex')}${isAlone ? ' alone' : ''}\n`;
  });
}

interface Read {
  /** The number of the first packet, and how many there are. */
  readonly first: number;
  readonly count: number;
  readonly loaded: Loaded;
}

type Open = { -readonly [K in keyof Traced]: Traced[K] } & { readonly steps: string[] };

/** The traces in the output of inject.pl. */
function read(lines: readonly string[], how: Read): readonly Traced[] {
  const texts = new Map<string, string>();
  const found = Array.from(
    { length: how.count },
    (): Open => ({ steps: [], last: undefined, left: undefined, failed: undefined, isLost: false }),
  );
  for (const line of lines) {
    const [what, number = '', ...words] = line.split(' ');
    if (what === 'rule') texts.set(number, words.join(' ').replace(/^-[46] -t \S+ /, ''));
    const open = found[Number(number) - how.first];
    const [word = '', hex = ''] = words;
    if (!open) continue;
    if (what === 'failed') open.failed = words.join(' ');
    if (what === 'lost') open.isLost = true;
    if (what === 'out') open.left = { device: word, ...endsOf(Buffer.from(hex, 'hex')) };
    if (what === 'step') step(open, word, hex, how.loaded, texts);
  }
  return found;
}

function step(open: Open, family: string, what: string, loaded: Loaded, texts: ReadonlyMap<string, string>): void {
  const [name = '', chain = '', kind, ...words] = what.split(':');
  const at = `${family} ${name} ${chain}`;
  const table = loaded.table(family, name);
  open.last = loaded.hook(at) ?? open.last;
  if (kind === 'policy') {
    if (words[0] !== 'ACCEPT') open.steps.push(`${table}:${chain}:policy:${words[0]}`);
    return;
  }
  const [handle = '', ...verdict] = words;
  const rule = loaded.rule(at, handle);
  const text = texts.get(`${name}:${chain}:rule:${handle}`) ?? rule?.text;
  open.steps.push(`${table}:${chain}:${rule?.place}:${VERDICTS[verdict.join(':')] ?? verdict.join(':')} ${text}`);
}

/** xtables-monitor prints NFT_RETURN (-5) as a number. */
const VERDICTS: Readonly<Record<string, string>> = { '0xfffffffb': 'RETURN' };
