/**
 * diff: live virtual servers × wanted ones → what differs, and the input for `ipvsadm --restore` that changes it. A real
 * server goes gracefully: it gets weight 0, so no new connections, and goes when the last one has ended. Where a protocol
 * has no end of connections, or none that the kernel sees, it goes at once (k/k pkg/proxy/ipvs graceful_termination.go).
 */
import type { Line } from '../../text.js';
import type { Connections } from './listing.js';
import { type SavedIpvs, serviceOf } from './parse.js';
import { printHostPort, printRealServer, printScheduling, printService } from './print.js';
import type { Ipvs, RealServer, Timeouts, VirtualServer, VirtualServerName } from './types.js';

export interface IpvsDiff {
  readonly timeouts?: Timeouts;
  readonly servers: readonly ServerDiff[];
  /** Real servers with weight 0 that wait for their last connection; nothing is to be done about them now. */
  readonly draining: readonly DrainingServer[];
}

export interface ServerDiff {
  /** `-t 10.96.0.1:80` */
  readonly service: string;
  readonly before?: VirtualServer;
  /** What is there when VirtualServer cannot hold it, as ipvsadm prints it. */
  readonly unreadable?: string;
  /** Absent when it is to go. */
  readonly wanted?: VirtualServer;
  /** How the virtual server itself is made: `replace` when ipvsadm cannot edit it into the wanted one. */
  readonly making?: 'create' | 'edit' | 'replace';
  readonly added: readonly RealServer[];
  /** With their new weight. */
  readonly reweighed: readonly RealServer[];
  /** To get weight 0. */
  readonly drained: readonly RealServer[];
  readonly removed: readonly RealServer[];
}

export interface DrainingServer {
  readonly service: string;
  readonly realServer: string;
  readonly connections: number;
}

/** What there is, as far as it matters. */
export interface ObservedIpvs {
  readonly saved: SavedIpvs;
  readonly connections: readonly Connections[];
  readonly timeouts?: Timeouts | undefined;
}

/** What to do to `live` to have `wanted`; other virtual servers go when they are `ours`. */
export function diff(live: ObservedIpvs, wanted: Ipvs, ours: (server: VirtualServerName) => boolean): IpvsDiff {
  const there = new Map(live.saved.virtualServers.map((server) => [printService(server), server]));
  const unreadable = new Map(live.saved.others.flatMap((line) => namedLine(line) ?? []));
  const wantedNames = new Set(wanted.virtualServers.map(printService));
  const goes = (server: VirtualServerName) => ours(server) && !wantedNames.has(printService(server));
  const open = openConnections(live.connections);
  const compared = wanted.virtualServers.map((server) => {
    const service = printService(server);
    return diffServer(service, there.get(service), unreadable.get(service)?.line, server, open);
  });
  const gone = [
    ...[...there].filter(([, before]) => goes(before)).map(([service, before]) => ({ service, before, ...UNCHANGED })),
    ...[...unreadable]
      .filter(([, { at }]) => goes(at))
      .map(([service, { line }]) => ({ service, unreadable: line, ...UNCHANGED })),
  ];
  return {
    ...(wanted.timeouts && !sameTimeouts(live.timeouts, wanted.timeouts) ? { timeouts: wanted.timeouts } : {}),
    servers: [...compared.flatMap(({ diff }) => diff), ...gone],
    draining: compared.flatMap(({ draining }) => draining),
  };
}

function namedLine(
  line: string,
): readonly [string, { readonly line: string; readonly at: VirtualServerName }][] | undefined {
  const at = serviceOf(line);
  return at && [[printService(at), { line, at }]];
}

const UNCHANGED = { added: [], reweighed: [], drained: [], removed: [] };

/** 0 leaves the kernel's value as it is. */
function sameTimeouts(live: Timeouts | undefined, wanted: Timeouts): boolean {
  return (['tcp', 'tcpFin', 'udp'] as const).every((key) => wanted[key] === 0 || wanted[key] === live?.[key]);
}

type Open = (service: string, real: RealServer) => number;

/** How many connections a real server of a virtual server still has. */
function openConnections(connections: readonly Connections[]): Open {
  const counts = new Map(
    connections.map((each) => [`${printService(each)} ${printHostPort(each.realServer)}`, each.active + each.inactive]),
  );
  return (service, real) => counts.get(`${service} ${printHostPort(real)}`) ?? 0;
}

function diffServer(
  service: string,
  before: VirtualServer | undefined,
  unreadable: string | undefined,
  wanted: VirtualServer,
  open: Open,
): { readonly diff: readonly ServerDiff[]; readonly draining: readonly DrainingServer[] } {
  if (!before) {
    const how = unreadable === undefined ? { making: 'create' as const } : { making: 'replace' as const, unreadable };
    return { diff: [{ service, wanted, ...how, ...UNCHANGED, added: wanted.realServers }], draining: [] };
  }
  const there = new Map(before.realServers.map((real) => [printHostPort(real), real]));
  const wantedNames = new Set(wanted.realServers.map(printHostPort));
  const added = wanted.realServers.filter((real) => !there.has(printHostPort(real)));
  const reweighed = wanted.realServers.filter(
    (real) => (there.get(printHostPort(real))?.weight ?? real.weight) !== real.weight,
  );
  const leaving = before.realServers.filter((real) => !wantedNames.has(printHostPort(real)));
  const busy = leaving.filter((real) => wanted.protocol === 'tcp' && open(service, real) > 0);
  const removed = leaving.filter((real) => !busy.includes(real));
  const drained = busy.filter(({ weight }) => weight > 0);
  const edited = printScheduling(before) !== printScheduling(wanted);
  const same = !edited && added.length + reweighed.length + drained.length + removed.length === 0;
  const found: ServerDiff = { service, before, wanted, added, reweighed, drained, removed };
  return {
    diff: same ? [] : [edited ? { ...found, making: 'edit' } : found],
    draining: busy
      .filter(({ weight }) => weight === 0)
      .map((real) => ({ service, realServer: printHostPort(real), connections: open(service, real) })),
  };
}

/** Makes virtual servers and adds to them. */
export function* grow({ timeouts, servers }: IpvsDiff): Generator<Line> {
  if (timeouts) yield { text: `--set ${timeouts.tcp} ${timeouts.tcpFin} ${timeouts.udp}` };
  for (const { service, wanted, making, added, reweighed } of servers) {
    if (!wanted) continue;
    const { origin } = wanted;
    if (making === 'replace') yield { text: `-D ${service}`, origin };
    if (making) yield { text: `${making === 'edit' ? '-E' : '-A'} ${service}${printScheduling(wanted)}`, origin };
    for (const real of added) yield { text: `-a ${service} ${printRealServer(real)}`, origin };
    for (const real of reweighed) yield { text: `-e ${service} ${printRealServer(real)}`, origin };
  }
}

/** Takes away from virtual servers, and then those that are not wanted. */
export function* shrink({ servers }: IpvsDiff): Generator<Line> {
  for (const { service, wanted, drained, removed } of servers) {
    if (!wanted) yield { text: `-D ${service}` };
    for (const real of drained) yield { text: `-e ${service} ${printRealServer({ ...real, weight: 0 })}` };
    for (const real of removed) yield { text: `-d ${service} -r ${printHostPort(real)}` };
  }
}
