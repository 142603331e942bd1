/**
 * conntrack(8) as a tool: deletes stale ones of the connections that the kernel tracks. It has no part in a mode's
 * desired state: which flows are stale follows from what the other tools served before and serve now, so it runs after
 * them.
 */
import type { Diagnostic } from '../../diag.js';
import { failure } from '../ask.js';
import { sides, type Tool } from '../tool.js';
import { type Flow, parse, printDeletions, problemOf } from './flows.js';
import { type ServedFlows, staleFlows } from './stale.js';

/** Tracked connections. */
export interface ObservedFlows {
  readonly flows: readonly Flow[];
  /** Why flows are missing. When all of them are, `isUnseen` is set. */
  readonly problem?: string;
  readonly isUnseen?: true;
}

export const conntrack: Tool<'conntrack', ServedFlows, ObservedFlows, readonly Flow[], undefined> = {
  name: 'conntrack',
  nothing: { flows: [] },
  optional: { code: 'no-conntrack', hint: 'install conntrack, of Debian package conntrack' },

  async read(ask) {
    const listed = await ask(['conntrack', '-L', '-p', 'udp', '-o', 'extended']);
    if (listed.code !== 0) return { flows: [], problem: failure('conntrack -L', listed), isUnseen: true };
    const problem = problemOf(listed.stdout, listed.stderr);
    return { flows: parse(listed.stdout), ...(problem !== undefined && { problem: `conntrack -L: ${problem}` }) };
  },
  foreign: (observed) => observed,
  assume: (foreign) => foreign,
  diff: ({ flows }, desired) => (desired ? staleFlows(flows, desired) : []),
  steps: (stale) => [
    {
      tool: 'conntrack',
      program: 'conntrack',
      argv: () => ['conntrack', '-R', '-'],
      input: [...printDeletions(stale)],
    },
  ],
  changes: () => sides([], []),
  ofFamily: (desired) => desired,
  show: () => [],
  remarks: ({ problem } = { flows: [] }) => (problem === undefined ? [] : [warning(problem)]),
  /**
   * conntrack-tools before 1.4.7 delete one flow per run. A flow that has ended meanwhile is "0 flow entries" and code
   * 1.
   */
  async explain({ input }, ask) {
    for (const { text } of input) await ask(['conntrack', ...text.split(' ')]);
    return [];
  },
};

function warning(why: string): Diagnostic {
  const message = `UDP flows to endpoints that are gone cannot be found: ${why}`;
  return { code: 'no-conntrack', severity: 'warning', message, hint: 'install conntrack, of Debian package conntrack' };
}
