/**
 * Flows: forgets tracked connections that lead to endpoints which are gone.
 */
import type { Resolved } from '../backends/backend.js';
import type { Diagnostic } from '../diag.js';
import { hasUdp, staleFlows } from '../diff/flows.js';
import type { Live } from '../diff/live.js';
import type { Differences } from '../diff/plan.js';
import { render } from '../text.js';
import { parse, printDeletions, problemOf } from '../tools/conntrack.js';
import { failure } from './ask.js';
import type { Host } from './host.js';

export interface Forgotten {
  readonly count: number;
  readonly diagnostics: readonly Diagnostic[];
}

/** From what to what a node came. */
export interface Passage {
  readonly before: Live;
  readonly differences: Differences;
}

/** Deletes what is stale once `resolved` is served. The rules are right without it, so what goes wrong is a warning. */
export async function forgetFlows(
  host: Host,
  resolved: readonly Resolved[],
  { before, differences }: Passage,
): Promise<Forgotten> {
  const listed = await host.run(['conntrack', '-L', '-p', 'udp', '-o', 'extended']);
  if (listed.code !== 0) {
    const diagnostics = hasUdp(resolved) ? [warning(failure('conntrack -L', listed))] : [];
    return { count: 0, diagnostics };
  }
  const problem = problemOf(listed.stdout, listed.stderr);
  const diagnostics = problem === undefined ? [] : [warning(`conntrack -L: ${problem}`)];
  const stale = staleFlows(parse(listed.stdout), resolved, before, differences);
  if (stale.length === 0) return { count: 0, diagnostics };
  const deletions = printDeletions(stale);
  const batch = await host.run(['conntrack', '-R', '-'], render([...deletions]));
  // conntrack-tools before 1.4.7 take one at a time. One that has ended by itself is "0 flow entries", and code 1.
  if (batch.code !== 0) {
    for (const { text } of printDeletions(stale)) await host.run(['conntrack', ...text.split(' ')]);
  }
  return { count: stale.length, diagnostics };
}

function warning(why: string): Diagnostic {
  const message = `UDP flows to endpoints that are gone cannot be found: ${why}`;
  return { code: 'no-conntrack', severity: 'warning', message, hint: 'install conntrack, of Debian package conntrack' };
}
