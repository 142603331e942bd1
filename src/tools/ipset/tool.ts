/**
 * ipset(8) as a tool: the sets that iptables rules look into.
 */
import { ownerService } from '../../owner.js';
import { type Changes, section, sides, type Tool } from '../tool.js';
import { diff, grow, type IpsetOurs, type SetDiff, shrink } from './diff.js';
import { look } from './look.js';
import type { SavedSets } from './parse.js';
import { printEntry } from './print.js';
import { NO_SETS, readSets } from './read.js';
import type { IpSet } from './types.js';

export const ipset: Tool<'ipset', readonly IpSet[], SavedSets, readonly SetDiff[], IpsetOurs> = {
  name: 'ipset',
  nothing: NO_SETS,
  // No rule uses the sets that remain.
  isHarmless: true,

  read: (ask, { desired, ours }) => readSets(ask, desired !== undefined, ours.isOurs),
  look,
  foreign: ({ sets }, { isOurs }) => ({ sets: sets.filter(({ name }) => !isOurs(name)), others: [] }),
  assume: ({ sets }, desired = []) => ({ sets: [...sets, ...desired], others: [] }),
  diff: (observed, desired = [], ours) => diff(observed, desired, ours),
  steps: (difference, phase) => [
    {
      tool: 'ipset',
      program: 'ipset',
      argv: () => ['ipset', '-exist', 'restore'],
      input: [...(phase === 'grow' ? grow(difference) : shrink(difference))],
    },
  ],
  changes: changesOf,
  ofFamily: (sets, of) => sets.filter(({ family }) => family === of),
  show: (sets, owns) =>
    sets.map(({ name, entries }) => [
      `### ipset ${name}`,
      ...entries.filter(({ owners = [] }) => owners.some(owns)).map((entry) => `add ${name} ${printEntry(entry)}`),
    ]),
};

function changesOf(difference: readonly SetDiff[]): Changes {
  const before = difference.flatMap(({ name, desired, making, removed, isReferenced }) => [
    ...(isReferenced || (desired && making !== 'remake') ? [] : [section(`ipset ${name}`, [`create ${name}`])]),
    ...(removed.length > 0 ? [section(`ipset ${name} members`, removed)] : []),
  ]);
  const after = difference.flatMap(({ name, desired, making, added }) => {
    const byService = new Map<string | undefined, string[]>();
    for (const entry of added) {
      const service = entry.owners?.[0] && ownerService(entry.owners[0]);
      const lines = byService.get(service);
      if (lines) lines.push(printEntry(entry));
      else byService.set(service, [printEntry(entry)]);
    }
    return [
      ...(desired && making ? [section(`ipset ${name}`, [`create ${name} ${desired.type}`])] : []),
      ...[...byService].map(([service, lines]) => section(`ipset ${name} members`, lines, service)),
    ];
  });
  return sides(before, after);
}
