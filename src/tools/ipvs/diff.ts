/**
 * diff: observed virtual servers × desired ones → the difference, and the `ipvsadm --restore` input that makes it good.
 * A real server is removed gracefully: weight 0 keeps new connections away, and it is deleted when the last one has
 * ended. Where a protocol has no end of connections that the kernel sees, it is deleted at once (k/k pkg/proxy/ipvs
 * graceful_termination.go).
 */
import type { Line } from '../../text.js';
import type { Connections } from './listing.js';
import { type SavedIpvs, serviceOf } from './parse.js';
import { printHostPort, printRealServer, printScheduling, printService } from './print.js';
import type { Ipvs, RealServer, Timeouts, VirtualServer, VirtualServerName } from './types.js';

export interface IpvsDiff {
  readonly timeouts?: Timeouts;
  readonly servers: readonly ServerDiff[];
  /** Real servers with weight 0 that wait for their last connection to end; they need no change now. */
  readonly draining: readonly DrainingServer[];
  /** The virtual servers with real servers that have or get weight 0, without their others. */
  readonly lingering: readonly VirtualServer[];
}

export interface ServerDiff {
  /** `-t 10.96.0.1:80` */
  readonly service: string;
  readonly before?: VirtualServer;
  /** The observed virtual server as ipvsadm prints it, when VirtualServer cannot hold it. */
  readonly unreadable?: string;
  /** Absent when the virtual server must be deleted. */
  readonly desired?: VirtualServer;
  /** How to write the virtual server itself: `replace` when ipvsadm cannot edit it into the desired one. */
  readonly making?: 'create' | 'edit' | 'replace';
  readonly added: readonly RealServer[];
  /** With their new weight. */
  readonly reweighed: readonly RealServer[];
  /** Real servers that get weight 0. */
  readonly drained: readonly RealServer[];
  readonly removed: readonly RealServer[];
}

export interface DrainingServer {
  readonly service: string;
  readonly realServer: string;
  readonly connections: number;
}

/** The observed state of IPVS, reduced to what matters here. */
export interface ObservedIpvs {
  readonly saved: SavedIpvs;
  readonly connections: readonly Connections[];
  readonly timeouts?: Timeouts | undefined;
}

/** How to change `observed` into `desired`; other virtual servers that are `ours` are deleted. */
export function diff(observed: ObservedIpvs, desired: Ipvs, ours: (server: VirtualServerName) => boolean): IpvsDiff {
  const there = new Map(observed.saved.virtualServers.map((server) => [printService(server), server]));
  const unreadable = new Map(observed.saved.others.flatMap(({ line }) => namedLine(line) ?? []));
  const desiredNames = new Set(desired.virtualServers.map(printService));
  const goes = (server: VirtualServerName) => ours(server) && !desiredNames.has(printService(server));
  const open = openConnections(observed.connections);
  const compared = desired.virtualServers.map((server) => {
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
    ...(desired.timeouts && !sameTimeouts(observed.timeouts, desired.timeouts) ? { timeouts: desired.timeouts } : {}),
    servers: [...compared.flatMap(({ diff }) => diff), ...gone],
    draining: compared.flatMap(({ draining }) => draining),
    lingering: compared.flatMap(({ lingering }) => lingering),
  };
}

function namedLine(
  line: string,
): readonly [string, { readonly line: string; readonly at: VirtualServerName }][] | undefined {
  const at = serviceOf(line);
  return at && [[printService(at), { line, at }]];
}

const UNCHANGED = { added: [], reweighed: [], drained: [], removed: [] };

/** 0 keeps the kernel's value. */
function sameTimeouts(observed: Timeouts | undefined, desired: Timeouts): boolean {
  return (['tcp', 'tcpFin', 'udp'] as const).every((key) => desired[key] === 0 || desired[key] === observed?.[key]);
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
  desired: VirtualServer,
  open: Open,
): { readonly diff: readonly ServerDiff[] } & Pick<IpvsDiff, 'draining' | 'lingering'> {
  if (!before) {
    const how = unreadable === undefined ? { making: 'create' as const } : { making: 'replace' as const, unreadable };
    return {
      diff: [{ service, desired, ...how, ...UNCHANGED, added: desired.realServers }],
      draining: [],
      lingering: [],
    };
  }
  const there = new Map(before.realServers.map((real) => [printHostPort(real), real]));
  const desiredNames = new Set(desired.realServers.map(printHostPort));
  const added = desired.realServers.filter((real) => !there.has(printHostPort(real)));
  const reweighed = desired.realServers.filter(
    (real) => (there.get(printHostPort(real))?.weight ?? real.weight) !== real.weight,
  );
  const leaving = before.realServers.filter((real) => !desiredNames.has(printHostPort(real)));
  const busy = leaving.filter((real) => desired.protocol === 'tcp' && open(service, real) > 0);
  const removed = leaving.filter((real) => !busy.includes(real));
  const drained = busy.filter(({ weight }) => weight > 0);
  const edited = printScheduling(before) !== printScheduling(desired);
  const same = !edited && added.length + reweighed.length + drained.length + removed.length === 0;
  const found: ServerDiff = { service, before, desired, added, reweighed, drained, removed };
  return {
    diff: same ? [] : [edited ? { ...found, making: 'edit' } : found],
    draining: busy
      .filter(({ weight }) => weight === 0)
      .map((real) => ({ service, realServer: printHostPort(real), connections: open(service, real) })),
    lingering: busy.length === 0 ? [] : [{ ...desired, realServers: busy.map((real) => ({ ...real, weight: 0 })) }],
  };
}

/** Creates virtual servers and adds to them. */
export function* grow({ timeouts, servers }: IpvsDiff): Generator<Line> {
  if (timeouts) yield { text: `--set ${timeouts.tcp} ${timeouts.tcpFin} ${timeouts.udp}` };
  for (const { service, desired, making, added, reweighed } of servers) {
    if (!desired) continue;
    const { origin } = desired;
    if (making === 'replace') yield { text: `-D ${service}`, origin };
    if (making) yield { text: `${making === 'edit' ? '-E' : '-A'} ${service}${printScheduling(desired)}`, origin };
    for (const real of added) yield { text: `-a ${service} ${printRealServer(real)}`, origin };
    for (const real of reweighed) yield { text: `-e ${service} ${printRealServer(real)}`, origin };
  }
}

/** Removes from virtual servers, and deletes those that are not desired. */
export function* shrink({ servers }: IpvsDiff): Generator<Line> {
  for (const { service, desired, drained, removed } of servers) {
    if (!desired) yield { text: `-D ${service}` };
    for (const real of drained) yield { text: `-e ${service} ${printRealServer({ ...real, weight: 0 })}` };
    for (const real of removed) yield { text: `-d ${service} -r ${printHostPort(real)}` };
  }
}
