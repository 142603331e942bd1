/**
 * read: virtual servers, how many connections they have, and their timeouts.
 */
import { type Ask, answer, demand, isMissing, type Outcome, understood } from '../ask.js';
import { distinctLines } from '../lines.js';
import type { IpvsDiff, ObservedIpvs } from './diff.js';
import { type Connections, countServers, parse, parseListing, parseTimeouts } from './parse.js';
import { printHostPort, printService } from './print.js';

/** The result on a node whose kernel has not loaded IPVS. */
export const NO_IPVS: ObservedIpvs = { saved: { virtualServers: [], others: [] }, connections: [] };

/**
 * Reads IPVS. Running ipvsadm loads IPVS into the kernel, so unless it is `needed`, it runs only where IPVS is loaded.
 */
export async function readIpvs(ask: Ask, needed: boolean): Promise<ObservedIpvs> {
  const isUnloaded = async () =>
    (await answer(ask, ['test', '-e', '/proc/net/ip_vs'], ({ code }) => code === 1)) === undefined;
  if (!needed && (await isUnloaded())) return NO_IPVS;
  const isNone = (outcome: Outcome) => (isMissing(outcome) ? !needed : NOT_LOADED.test(outcome.stderr));
  if ((await answer(ask, ['ipvsadm', '--version'], isNone)) === undefined) return NO_IPVS;
  const agreed = await readAgreed((...argv) => demand(ask, ['ipvsadm', ...argv]));
  const timeouts = parseTimeouts(await demand(ask, ['ipvsadm', '--list', '--timeout']));
  if (!timeouts) throw new Error('ipvsadm --list --timeout prints no timeouts');
  return { ...agreed, timeouts };
}

/** The message of bin/capture.sh where it did not run ipvsadm, because ipvsadm would have loaded IPVS. */
const NOT_LOADED = /^not run: the kernel has none of it loaded$/m;

/** Virtual servers of which each is asked for by itself; more are listed with all others. */
const MOST_ASKED = 20;

/**
 * `assumed` with the connections of the real servers that `difference` removes: whether one must wait for their end
 * depends on them. A virtual server that is not there has none.
 */
export async function readConnections(ask: Ask, assumed: ObservedIpvs, { servers }: IpvsDiff): Promise<ObservedIpvs> {
  const losing = servers.filter(({ desired, removed }) => desired?.protocol === 'tcp' && removed.length > 0);
  if (losing.length === 0) return assumed;
  const some = losing.length > MOST_ASKED ? [[]] : losing.map(({ service }) => service.split(' '));
  const listings = await Promise.all(
    some.map((service) =>
      answer(ask, ['ipvsadm', '--list', '-n', ...service], ({ stderr }) => /No such service/i.test(stderr)),
    ),
  );
  const connections = listings.flatMap((text) => understood('ipvsadm --list', parseListing(text ?? '')));
  return { ...assumed, connections };
}

const MOST_READS = 20;

/**
 * Virtual servers on which two reads agree. The kernel resumes a dump by counting the virtual servers of all network
 * namespaces (ip_vs_genl_dump_services). When other namespaces change meanwhile, as on nodes that are containers of one
 * machine, one of ours may appear twice or not at all.
 */
async function readAgreed(run: (...argv: readonly string[]) => Promise<string>): Promise<ObservedIpvs> {
  for (let reads = 1; ; reads++) {
    const saved = understood('ipvsadm --save', parse(distinctLines(await run('--save', '-n')).join('\n')));
    const listing = await run('--list', '-n');
    const connections = understood('ipvsadm --list', parseListing(listing));
    const agreed = saved.virtualServers.length + saved.others.length === countServers(listing);
    if (agreed && hasRealServers(saved, connections)) return { saved, connections };
    if (reads === MOST_READS)
      throw new Error('ipvsadm --save and --list do not agree on what virtual servers there are');
  }
}

/** Whether the listing has exactly the real servers of the virtual servers that can be read. */
function hasRealServers({ virtualServers }: ObservedIpvs['saved'], connections: readonly Connections[]): boolean {
  const saved = virtualServers.flatMap((server) =>
    server.realServers.map((real) => `${printService(server)} ${printHostPort(real)}`),
  );
  const services = new Set(virtualServers.map(printService));
  const listed = new Set(
    connections
      .filter((each) => services.has(printService(each)))
      .map((each) => `${printService(each)} ${printHostPort(each.realServer)}`),
  );
  return saved.length === listed.size && saved.every((name) => listed.has(name));
}
