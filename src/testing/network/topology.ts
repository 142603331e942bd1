/**
 * Topology: a small cluster of network namespaces with real servers, on the machine `on`.
 *
 *     client 192.168.7.100 ─┐                              ┌─ pod-1 10.244.1.5, fd00:10:244:1::5
 *     node-b 192.168.7.3   ─┴─ lan ─ 192.168.7.2  node-a ──┴─ pod-2 10.244.1.6, fd00:10:244:1::6
 *       10.244.2.6 to .9, fd00:10:244:2::6 to ::9: pods of node-b
 *
 * Every host has fd00:7::N beside 192.168.7.N. The client reaches virtual IPs through node-a, the node that is compiled
 * for. Pods serve port 8080 and answer with their own address and the client's.
 */
import { readFileSync } from 'node:fs';
import { type Host, inNetns } from '../../apply/host.js';
import { newName, succeeded } from '../machine/netns.js';

export interface Topology {
  readonly client: Host;
  /** node-a */
  readonly node: Host;
  readonly pod1: Host;
  readonly pod2: Host;
  /** The network namespace of `node` and the others; `nodeb` has the pods of node-b. */
  readonly netns: (of: string) => string;
  /** Removes the topology. */
  readonly remove: () => Promise<void>;
}

export type Protocol = 'tcp' | 'udp' | 'sctp';

/** Routes of the client to every address that node-a may serve. */
const VIRTUAL_IPS = ['10.96.0.0/12', '198.51.100.0/24', '203.0.113.0/24', 'fd00:10:96::/112', '2001:db8::/32'];

const PODS = [
  { name: 'pod1', v4: '10.244.1.5', v6: 'fd00:10:244:1::5' },
  { name: 'pod2', v4: '10.244.1.6', v6: 'fd00:10:244:1::6' },
] as const;

const REMOTE = [6, 7, 8, 9].flatMap((last) => [`10.244.2.${last}`, `fd00:10:244:2::${last}`]);

/**
 * Makes the topology; after a failure, nothing of it is left. `enter`, if given, is a faster way into a namespace of
 * `on`.
 */
export async function makeTopology(
  on: Host,
  enter: (netns: string) => Host = (netns) => inNetns(on, netns),
): Promise<Topology> {
  const id = newName();
  const netns = (name: string) => `${id}-${name}`;
  const host = (name: string) => enter(netns(name));
  const shell = async (script: string) => succeeded(await on.run(['sh', '-ec', script]), script);
  const remove = async () => {
    for (const name of NETNS) {
      await on.run(['sh', '-c', `ip netns pids ${netns(name)} | xargs -r kill -9; ip netns del ${netns(name)}`]);
    }
  };
  try {
    await shell(NETNS.map((name) => `ip netns add ${netns(name)}; ip -n ${netns(name)} link set lo up`).join('\n'));
    await shell(wiring(netns));
    for (const { name, v4, v6 } of PODS) await serve(host(name), 8080, [v4, v6]);
    await serve(host('nodeb'), 8080, REMOTE);
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    client: host('client'),
    node: host('node'),
    netns,
    pod1: host('pod1'),
    pod2: host('pod2'),
    remove,
  };
}

const NETNS = ['lan', 'client', 'node', 'nodeb', 'pod1', 'pod2'];

function wiring(netns: (name: string) => string): string {
  const lan = [
    { name: 'client', last: 100 },
    { name: 'node', last: 2 },
    { name: 'nodeb', last: 3 },
  ];
  const lines = [
    `ip -n ${netns('lan')} link add br0 type bridge`,
    `ip -n ${netns('lan')} link set br0 up`,
    ...lan.flatMap(({ name, last }) => [
      `ip -n ${netns(name)} link add eth0 type veth peer name ${name} netns ${netns('lan')}`,
      `ip -n ${netns('lan')} link set ${name} up master br0`,
      ...address(netns(name), 'eth0', [`192.168.7.${last}/24`, `fd00:7::${last}/64`]),
    ]),
    ...PODS.flatMap(({ name, v4, v6 }) => [
      `ip -n ${netns('node')} link add ${name} type veth peer name eth0 netns ${netns(name)}`,
      ...address(netns('node'), name, ['10.244.1.1/32', 'fd00:10:244:1::1/128']),
      ...address(netns(name), 'eth0', [`${v4}/32`, `${v6}/128`]),
      ...['10.244.1.1', 'fd00:10:244:1::1'].flatMap((gateway) => [
        `ip -n ${netns(name)} route add ${gateway} dev eth0`,
        `ip -n ${netns(name)} route add default via ${gateway} dev eth0`,
      ]),
      ...[v4, v6].map((ip) => `ip -n ${netns('node')} route add ${ip} dev ${name}`),
    ]),
    ...address(
      netns('nodeb'),
      'lo',
      REMOTE.map((ip) => (ip.includes(':') ? `${ip}/128` : `${ip}/32`)),
    ),
    ...route(netns('node'), ['10.244.2.0/24', 'fd00:10:244:2::/64'], 3),
    // No host is there, but without a route the node would not even try to send to a virtual IP.
    ...route(netns('node'), ['0.0.0.0/0', '::/0'], 1),
    ...route(netns('nodeb'), ['10.244.1.0/24', 'fd00:10:244:1::/64', ...VIRTUAL_IPS], 2),
    ...route(netns('client'), ['10.244.0.0/16', 'fd00:10:244::/56', ...VIRTUAL_IPS], 2),
    `ip netns exec ${netns('node')} sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1`,
  ];
  return lines.join('\n');
}

/** Without duplicate address detection, which would delay the use of IPv6 addresses by a second. */
function address(netns: string, device: string, addresses: readonly string[]): readonly string[] {
  return [
    ...addresses.map((ip) => `ip -n ${netns} address add ${ip} dev ${device}${ip.includes(':') ? ' nodad' : ''}`),
    `ip -n ${netns} link set ${device} up`,
  ];
}

function route(netns: string, networks: readonly string[], last: number): readonly string[] {
  return networks.map((to) => {
    return `ip -n ${netns} route add ${to} via ${to.includes(':') ? 'fd00:7::' : '192.168.7.'}${last}`;
  });
}

/** Starts a server in the background; it ends with its namespace. */
export async function serve(
  host: Host,
  port: number,
  addresses: readonly string[],
  script: 'serve' | 'echo' = 'serve',
): Promise<void> {
  const start = `said=$(mktemp); setsid perl -e "$0" "$@" >$said 2>&1 &
    for i in $(seq 2000); do grep -q ready $said && break; sleep 0.05; done
    cat $said; rm $said`;
  const argv = ['sh', '-c', start, perl(script), String(port), ...addresses];
  const { stdout } = succeeded(await host.run(argv), 'serve');
  if (stdout !== 'ready\n') throw new Error(`serve: ${stdout || 'does not say that it is ready'}`);
}

export interface Connect {
  readonly protocol?: Protocol;
  readonly to: string;
  readonly port: number;
  readonly count?: number;
  /** How long to wait for an answer. */
  readonly seconds?: number;
  /** The source port; any when absent. */
  readonly from?: number;
}

/** Connects from `host`, one connection after another; the result of each: `SERVER SEEN`, or `refused` and the like. */
export async function connect(host: Host, connection: Connect): Promise<string[]> {
  const { protocol = 'tcp', to, port, count = 1, seconds = 3, from = 0 } = connection;
  const argv = ['perl', '-e', perl('once', 'connect'), protocol, to, ...[port, count, seconds, from].map(String)];
  return succeeded(await host.run(argv), 'connect')
    .stdout.trimEnd()
    .split('\n');
}

/** How many SYNs `host` has sent again, as the kernel does after a second without an answer. */
export async function resent(host: Host): Promise<number> {
  const { stdout } = succeeded(await host.run(['cat', '/proc/net/netstat']), 'netstat');
  const [names = [], values = []] = [...stdout.matchAll(/^TcpExt: (.*)$/gm)].map(([, line = '']) => line.split(' '));
  return Number(values[names.indexOf('TCPSynRetrans')]);
}

/** Whether the kernel supports SCTP; without it, servers serve only the other protocols. */
export async function hasSctp(on: Host): Promise<boolean> {
  return (
    (await on.run(['perl', '-MSocket', '-e', 'socket(my $socket, AF_INET, SOCK_STREAM, 132) or exit 1'])).code === 0
  );
}

/** The scripts, concatenated. */
export function perl(
  ...names: readonly ('serve' | 'echo' | 'hold' | 'once' | 'connect' | 'stream' | 'relay')[]
): string {
  return names.map((name) => readFileSync(new URL(`topology/${name}.pl`, import.meta.url), 'utf8')).join('');
}

/** How many connections got each answer. */
export function tally(answers: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const answer of answers) counts[answer] = (counts[answer] ?? 0) + 1;
  return counts;
}
