/**
 * ipvsadm(8) as a tool: IPVS's virtual servers. They have no names; the caller's `ours` says which are ours.
 */
import type { Diagnostic } from '../../diag.js';
import { familyOf } from '../../ip.js';
import { type Owner, ownerName } from '../../owner.js';
import type { Line } from '../../text.js';
import { type Ask, failure } from '../ask.js';
import { type Changes, section, sides, type Tool } from '../tool.js';
import { assume } from './assume.js';
import { diff, grow, type IpvsDiff, type ObservedIpvs, shrink } from './diff.js';
import { look } from './look.js';
import { print } from './print.js';
import { NO_IPVS, readConnections, readIpvs } from './read.js';
import type { Ipvs, VirtualServer, VirtualServerName } from './types.js';

/** Whether a virtual server of a node is ours. */
export type IpvsOurs = (server: VirtualServerName) => boolean;

export const ipvs: Tool<'ipvs', Ipvs, ObservedIpvs, IpvsDiff, IpvsOurs> = {
  name: 'ipvs',
  nothing: NO_IPVS,

  read: (ask, { desired }) => readIpvs(ask, desired !== undefined),
  look,
  // Of another program's virtual servers nothing needs to be known.
  foreign: () => NO_IPVS,
  assume: (left, desired = { virtualServers: [] }) => assume(left, desired),
  recheck: readConnections,
  left: ({ lingering }) => ({
    foreign: { saved: { virtualServers: lingering, others: [] }, connections: [] },
    owners: lingering.flatMap(({ owner }) => owner ?? []),
  }),
  diff: (observed, desired = { virtualServers: [] }, ours) => diff(observed, desired, ours),
  steps: (difference, phase) => [
    {
      tool: 'ipvs',
      program: 'ipvsadm',
      argv: () => ['ipvsadm', '--restore'],
      input: [...(phase === 'grow' ? grow(difference) : shrink(difference))],
    },
  ],
  changes: changesOf,
  ofFamily: ({ virtualServers, ...rest }, family) => ({
    ...rest,
    virtualServers: virtualServers.filter(({ address }) => familyOf(address) === family),
  }),
  show(desired, owns) {
    const virtualServers = desired.virtualServers.filter(({ owner }) => owner !== undefined && owns(owner));
    return [['### ipvsadm', ...[...print({ virtualServers })].map(({ text }) => text)]];
  },
  notes: ({ draining }) =>
    draining.map(
      ({ service, realServer, connections }) =>
        `${realServer} of ${service} gets no new connections and stays until the last of ${connections} has ended`,
    ),
  // ipvsadm exits with 0 even when the kernel refused a line.
  isDone: ({ code, stderr }) => code === 0 && stderr === '',
  explain: ({ input }, ask) => explain(input, ask),
};

function changesOf({ servers, timeouts }: IpvsDiff): Changes {
  const of = (name: string, lines: readonly string[], owner: Owner | undefined) =>
    lines.length === 0 ? [] : [section(`ipvs ${name}`, lines, owner && ownerName(owner))];
  const linesOf = (server: VirtualServer | undefined, unreadable: readonly string[] = []) =>
    server ? [...print({ virtualServers: [server] })].map(({ text }) => text) : unreadable;
  const set = timeouts ? [section('ipvs timeouts', [`--set ${timeouts.tcp} ${timeouts.tcpFin} ${timeouts.udp}`])] : [];
  return sides(
    servers.flatMap(({ service, before, unreadable, desired }) =>
      of(service, linesOf(before, unreadable === undefined ? [] : [unreadable]), desired?.owner),
    ),
    [...servers.flatMap(({ service, desired }) => of(service, linesOf(desired), desired?.owner)), ...set],
  );
}

async function explain(input: readonly Line[], ask: Ask): Promise<readonly Diagnostic[]> {
  const found: Diagnostic[] = [];
  for (const { text, origin } of input.slice(0, MOST_EXPLAINED)) {
    const outcome = await ask(['ipvsadm', ...text.split(' ')]);
    if (outcome.code === 0) continue;
    const message = failure(`ipvsadm ${text}`, outcome);
    found.push({ code: 'refused', severity: 'error', message, ...(origin ? { origin } : {}) });
  }
  return found;
}

const MOST_EXPLAINED = 20;
