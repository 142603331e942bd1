/**
 * Read: what is on a node, through its tools.
 */
import { DEVICE } from '../backends/ours.js';
import type { Checked } from '../diag.js';
import type { Live } from '../diff/live.js';
import { FAMILIES } from '../ip.js';
import { parse as parseLinks } from '../languages/addresses/parse.js';
import type { Link } from '../languages/addresses/rules.js';
import { parse as parseSets, type SavedSets } from '../languages/ipset/parse.js';
import { parse as parseRules, type SavedRuleSet } from '../languages/iptables/parse.js';
import type { LiveIpvs } from '../languages/ipvs/diff.js';
import { countServers, parse as parseIpvs, parseListing, parseTimeouts } from '../languages/ipvs/parse.js';
import { distinctLines } from '../languages/lines.js';
import { parse as parseSysctls, type Sysctls } from '../languages/sysctl.js';
import type { Machine } from '../options.js';
import type { Host } from './host.js';
import { failure, type Iptables } from './probe.js';

/** What to read, beside rules and addresses. */
export interface Wanted {
  /** The program has virtual servers and sets, so their tools must be there. */
  readonly ipvs: boolean;
  readonly sysctls: readonly string[];
}

/** What the node says of itself; throws when it cannot be asked. */
export async function readMachine(host: Host): Promise<Machine> {
  const [hostname, links] = await Promise.all([host.run(['uname', '-n']), readLinks(host)]);
  const addresses = links.filter(({ name }) => name !== DEVICE).flatMap((link) => link.addresses.map(({ ip }) => ip));
  return { hostname: hostname.stdout.trim(), addresses: [...new Set(addresses)] };
}

/** Everything there is; throws when a tool fails. */
export async function readLive(host: Host, iptables: Iptables, wanted: Wanted): Promise<Live> {
  const [ruleSets, sets, ipvs, links, sysctls] = await Promise.all([
    readRules(host, iptables),
    readSets(host, wanted),
    readIpvs(host, wanted),
    readLinks(host),
    readSysctls(host, wanted.sysctls),
  ]);
  return { ruleSets, sets, ipvs, links, sysctls };
}

/** A family that the node lacks has none: its tool fails, or is not there. */
export async function readRules(host: Host, { program }: Iptables): Promise<readonly SavedRuleSet[]> {
  const read = await Promise.all(
    FAMILIES.map(async (family) => {
      const tool = `${program[family]}-save`;
      const outcome = await host.run([tool]);
      if (outcome.code === 0) return [parseRules(outcome.stdout, family).value];
      if (family === 'ipv6') return [];
      throw new Error(failure(tool, outcome));
    }),
  );
  return read.flat();
}

const NO_SETS: SavedSets = { sets: [], others: [] };

async function readSets(host: Host, { ipvs }: Wanted): Promise<SavedSets> {
  const outcome = await host.run(['ipset', 'save']);
  if (outcome.code === 0) return checked('ipset save', parseSets(outcome.stdout));
  if (!ipvs) return NO_SETS;
  throw new Error(failure('ipset save', outcome));
}

const NO_IPVS: LiveIpvs = { saved: { virtualServers: [], others: [] }, connections: [] };

/** ipvsadm would load IPVS into a kernel that has no use for it, so it is asked only where that is. */
export async function readIpvs(host: Host, { ipvs }: Wanted): Promise<LiveIpvs> {
  if (!ipvs && (await host.run(['test', '-e', '/proc/net/ip_vs'])).code !== 0) return NO_IPVS;
  const ask = async (...argv: readonly string[]) => {
    const outcome = await host.run(['ipvsadm', ...argv]);
    if (outcome.code !== 0) throw new Error(failure(`ipvsadm ${argv.join(' ')}`, outcome));
    return outcome.stdout;
  };
  if (!ipvs && (await host.run(['ipvsadm', '--version'])).code === 127) return NO_IPVS;
  return { ...(await readAgreed(ask)), timeouts: parseTimeouts(await ask('--list', '--timeout')) };
}

const MOST_READS = 5;

/**
 * Virtual servers as both of two reads have them. The kernel keeps its place in such a read by counting those of all its
 * network namespaces (ip_vs_genl_dump_services), so that when others come or go meanwhile, on nodes that are containers
 * of one machine, one of ours is there twice, or not at all. When no two reads agree the last must do: what is wrong with
 * it is refused by the kernel, or seen at the next one.
 */
async function readAgreed(ask: (...argv: readonly string[]) => Promise<string>): Promise<LiveIpvs> {
  for (let reads = 1; ; reads++) {
    const saved = checked('ipvsadm --save', parseIpvs(distinctLines(await ask('--save', '-n')).join('\n')));
    const listing = await ask('--list', '-n');
    const agreed = saved.virtualServers.length + saved.others.length === countServers(listing);
    if (agreed || reads === MOST_READS) {
      return { saved, connections: checked('ipvsadm --list', parseListing(listing)) };
    }
  }
}

async function readLinks(host: Host): Promise<readonly Link[]> {
  const outcome = await host.run(['ip', '-json', '-details', 'address', 'show']);
  if (outcome.code !== 0) throw new Error(failure('ip address', outcome));
  return checked('ip address', parseLinks(outcome.stdout));
}

/** Those that the kernel does not have yet are missing. */
async function readSysctls(host: Host, names: readonly string[]): Promise<Sysctls> {
  if (names.length === 0) return {};
  return parseSysctls((await host.run(['sysctl', '-e', ...names])).stdout);
}

/** A line that cannot be read could be one of ours, and what was decided without it wrong. */
function checked<T>(tool: string, { value, diagnostics: [first] }: Checked<T>): T {
  if (first) throw new Error(`${tool} prints something that vipc does not understand: ${first.message}`);
  return value;
}
