/**
 * compared: sends packets through rules in a network namespace, and reads the kernel's trace of each rule's verdict: by
 * a TRACE rule in table raw, and xtables-monitor, which supports iptables-nft only.
 *
 *     eth0 ─ 192.168.7.2  node-a  10.244.1.1 ─ cni0
 *
 * Both devices are tun devices: the test writes the packets that come in, and reads the packets that the node sends.
 */
import { readFileSync } from 'node:fs';
import type { Family } from '../../../ip.js';
import type { PacketClass } from '../../../packet/packet.js';
import { loadAndSave } from '../../machine/kernel.js';
import { succeeded, withNetns } from '../../machine/netns.js';
import { parseSaved, type SavedTable } from '../../node/saved.js';
import { endsOf, MOST_NUMBERS, packetBytes } from './bytes.js';
import { DEVICES } from './classes.js';

/** A packet to send; `opener` is the packet that began its flow. */
export interface Sent {
  readonly packet: PacketClass;
  readonly opener?: PacketClass;
}

/** The trace of a packet. */
export interface Traced {
  /** `nat:KUBE-SERVICES:3:JUMP:KUBE-SVC-X -A KUBE-SERVICES …`, with the rule's number; `filter:FORWARD:policy:DROP`. */
  readonly steps: readonly string[];
  /** The last table and built-in chain in the trace: `filter:INPUT`. */
  readonly last: string | undefined;
  /** The packet as it left the node; undefined if it did not. */
  readonly left: (ReturnType<typeof endsOf> & { readonly device: string }) | undefined;
  /** The error if it could not be sent. */
  readonly failed: string | undefined;
  /** Whether the trace is incomplete, because the monitor's socket had no room for all messages. */
  readonly isLost: boolean;
}

/** The text of iptables-save with TRACE rules before all others in table raw. */
export function withTrace(text: string): string {
  const rules = '-A PREROUTING -j TRACE\n-A OUTPUT -j TRACE\n';
  const raw = /^\*raw\n(?:[:#].*\n)*/m;
  if (raw.test(text)) return text.replace(raw, (head) => head + rules);
  return `${text}*raw\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n${rules}COMMIT\n`;
}

/** Runs `use` with a node that has these rules, which are from withTrace(). */
export function withTracedNode<T>(
  family: Family,
  text: string,
  use: (send: (packets: readonly Sent[]) => Promise<readonly Traced[]>) => Promise<T>,
): Promise<T> {
  return withNetns(async (host) => {
    succeeded(await host.run(['sh', '-ec', wiring()]), 'wiring');
    const { saved, error } = await loadAndSave(host, { family, variant: 'nft', text });
    if (error !== undefined) throw new Error(error);
    const places = placesOf(succeeded(await host.run(['nft', '-a', 'list', 'ruleset']), 'nft').stdout);
    let sent = 0;
    return use(async (packets) => {
      if (sent + packets.length >= MOST_NUMBERS) throw new Error('more packets than there are numbers');
      const first = sent + 1;
      sent += packets.length;
      const { stdout } = succeeded(
        await host.run(argvOf(family, new URL('inject.pl', import.meta.url)), linesOf(packets, first)),
        'inject.pl',
      );
      return read(stdout.split('\n'), { first, count: packets.length, places, rules: parseSaved(saved) });
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

/** `nat KUBE-SERVICES 0x1f` (a rule's handle) → its number in the chain, from 1; from `nft -a list ruleset`. */
function placesOf(listing: string): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  let [table, chain, place] = ['', '', 0];
  for (const line of listing.split('\n')) {
    table = /^table ip6? (\S+) /.exec(line)?.[1] ?? table;
    const [, begun] = /^\tchain (\S+) /.exec(line) ?? [];
    if (begun !== undefined) [chain, place] = [begun, 0];
    const [, handle] = /^\t\t.* # handle (\d+)$/.exec(line) ?? [];
    if (handle !== undefined) places.set(`${table} ${chain} 0x${Number(handle).toString(16)}`, ++place);
  }
  return places;
}

/** The program that runs a script behind devices.pl. */
export function argvOf(family: Family, script: URL): readonly string[] {
  const text = [new URL('devices.pl', import.meta.url), script].map((url) => readFileSync(url, 'utf8')).join('');
  return ['perl', '-e', text, family === 'ipv4' ? '4' : '6', ...Object.keys(DEVICES)];
}

function linesOf(packets: readonly Sent[], first: number): readonly string[] {
  return packets.map(({ packet, opener }, i) => {
    const bytes = packetBytes(packet, first + i, opener);
    if (!bytes) throw new Error(`no such packet can be made: ${packet.protocol} ${packet.state}`);
    return `${packet.inInterface ?? '-'} ${bytes.toString('hex')}\n`;
  });
}

interface Read {
  /** The number of the first packet, and how many there are. */
  readonly first: number;
  readonly count: number;
  readonly places: ReadonlyMap<string, number>;
  /** The rules as iptables-save prints them. */
  readonly rules: ReadonlyMap<string, SavedTable>;
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
    if (what === 'step') step(open, word, how, texts);
  }
  return found;
}

function step(open: Open, what: string, { places, rules }: Read, texts: ReadonlyMap<string, string>): void {
  const [table = '', chain = '', kind, ...words] = what.split(':');
  if (/^[A-Z]+$/.test(chain)) open.last = `${table}:${chain}`;
  if (kind === 'policy') {
    if (words[0] !== 'ACCEPT') open.steps.push(what);
    return;
  }
  const [handle = '', ...verdict] = words;
  const place = places.get(`${table} ${chain} ${handle}`) ?? 0;
  const text =
    texts.get(`${table}:${chain}:rule:${handle}`) ?? `-A ${chain} ${rules.get(table)?.get(chain)?.rules[place - 1]}`;
  open.steps.push(`${table}:${chain}:${place}:${VERDICTS[verdict.join(':')] ?? verdict.join(':')} ${text}`);
}

/** xtables-monitor prints NFT_RETURN (-5) as a number. */
const VERDICTS: Readonly<Record<string, string>> = { '0xfffffffb': 'RETURN' };
