/**
 * sections: Differences → before and after as texts, taken apart for review: by tool, and by Service where that is known.
 */

import { compare, type SectionChange, type ServiceChange } from '../review/compare.js';
import type { Section } from '../text.js';
import { printEntry } from '../tools/ipset/print.js';
import { print as printServers } from '../tools/ipvs/print.js';
import type { VirtualServer } from '../tools/ipvs/types.js';
import { printTable } from '../tools/nft/tables.js';
import type { Live } from './live.js';
import type { Differences } from './plan.js';
import { editsOf, rulesOf } from './rule-sections.js';

export interface Sides {
  readonly before: readonly Section[];
  readonly after: readonly Section[];
}

/** What changes, by Service; `live` has the values that sysctls have now. */
export function changesOf(differences: Differences, live: Live): readonly ServiceChange[] {
  const sides: readonly Sides[] = [
    ...differences.rules.map(rulesOf),
    setsOf(differences),
    serversOf(differences),
    addressesOf(differences),
    sysctlsOf(differences, live),
    tablesOf(differences),
  ];
  const changes = compare(
    sides.flatMap(({ before }) => before),
    sides.flatMap(({ after }) => after),
  );
  return withShared(changes, differences.rules.flatMap(editsOf));
}

/** `changes` with more of no Service, which comes last. */
function withShared(changes: readonly ServiceChange[], more: readonly SectionChange[]): readonly ServiceChange[] {
  const shared = [
    ...changes.filter(({ service }) => service === undefined).flatMap(({ sections }) => sections),
    ...more,
  ];
  const sections = shared.sort((a, b) => (a.title < b.title ? -1 : 1));
  return [...changes.filter(({ service }) => service !== undefined), ...(sections.length > 0 ? [{ sections }] : [])];
}

function setsOf({ sets }: Differences): Sides {
  const section = (name: string, service: string | undefined, lines: readonly string[]): Section => ({
    title: `ipset ${name}`,
    lines,
    ...(service === undefined ? {} : { service }),
  });
  const before = sets.flatMap(({ name, wanted, making, removed, held }) => [
    ...(held || (wanted && making !== 'remake') ? [] : [section(name, undefined, [`create ${name}`])]),
    ...(removed.length > 0 ? [section(`${name} members`, undefined, removed)] : []),
  ]);
  const after = sets.flatMap(({ name, wanted, making, added }) => {
    const byService = new Map<string | undefined, string[]>();
    for (const entry of added) {
      const service = entry.origin?.object?.replace(/^Service /, '');
      byService.set(service, [...(byService.get(service) ?? []), printEntry(entry)]);
    }
    return [
      ...(wanted && making ? [section(name, undefined, [`create ${name} ${wanted.type}`])] : []),
      ...[...byService].map(([service, lines]) => section(`${name} members`, service, lines)),
    ];
  });
  return { before, after };
}

function serversOf({ ipvs: { servers, timeouts } }: Differences): Sides {
  const section = (name: string, lines: readonly string[], service: string | undefined): readonly Section[] => {
    return lines.length === 0 ? [] : [{ title: `ipvs ${name}`, lines, ...(service === undefined ? {} : { service }) }];
  };
  const linesOf = (server: VirtualServer | undefined, unreadable: readonly string[] = []) =>
    server ? [...printServers({ virtualServers: [server] })].map(({ text }) => text) : unreadable;
  const set = timeouts
    ? [{ title: 'ipvs timeouts', lines: [`--set ${timeouts.tcp} ${timeouts.tcpFin} ${timeouts.udp}`] }]
    : [];
  return {
    before: servers.flatMap(({ service, before, unreadable, wanted }) =>
      section(service, linesOf(before, unreadable === undefined ? [] : [unreadable]), wanted?.service),
    ),
    after: [...servers.flatMap(({ service, wanted }) => section(service, linesOf(wanted), wanted?.service)), ...set],
  };
}

function addressesOf({ addresses }: Differences): Sides {
  if (!addresses) return { before: [], after: [] };
  const { device, making, added, removed } = addresses;
  const title = `ip ${device}`;
  const there = making === 'delete' || making === 'replace' ? [`link ${device}`] : [];
  const wanted = making === 'create' || making === 'replace' ? [`link ${device} dummy`] : [];
  return {
    before: [{ title, lines: [...there, ...removed.map(({ ip }) => ip)] }],
    after: [{ title, lines: [...wanted, ...added.map(({ ip }) => ip)] }],
  };
}

function sysctlsOf({ sysctls }: Differences, live: Live): Sides {
  const names = Object.keys(sysctls);
  const lines = (values: Readonly<Record<string, number>>) =>
    names.filter((name) => values[name] !== undefined).map((name) => `${name} = ${values[name]}`);
  return {
    before: names.length > 0 ? [{ title: 'sysctl', lines: lines(live.sysctls) }] : [],
    after: names.length > 0 ? [{ title: 'sysctl', lines: lines(sysctls) }] : [],
  };
}

function tablesOf({ tables }: Differences): Sides {
  return { before: tables.length > 0 ? [{ title: 'nft', lines: tables.map(printTable) }] : [], after: [] };
}

/** Real servers that wait for their last connection, in words. */
export function drainingNotes({ ipvs }: Differences): readonly string[] {
  return ipvs.draining.map(({ service, realServer, connections }) => {
    return `${realServer} of ${service} gets no new connections and stays until the last of ${connections} has ended`;
  });
}
