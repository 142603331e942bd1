/**
 * Flows: deletes tracked connections that lead to removed endpoints.
 */
import type { Resolved } from '../backends/backend.js';
import { hasUdp, servedFlows } from '../backends/served.js';
import type { Diagnostic } from '../diag.js';
import { chunks } from '../text.js';
import { conntrack } from '../tools/conntrack/tool.js';
import type { DesiredState, Differences, ObservedState } from '../tools/tools.js';
import type { Host } from './host.js';

export interface Forgotten {
  readonly count: number;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Deletes stale flows after `differences` changed a node from the state `before`, so that it serves `resolved` by `state`.
 * The rules are right without it, so a failure is a warning.
 */
export async function forgetFlows(
  host: Host,
  resolved: readonly Resolved[],
  before: ObservedState,
  differences: Differences,
  state: DesiredState = {},
): Promise<Forgotten> {
  const desired = servedFlows(resolved, before, differences, state);
  const observed = await conntrack.read(host.run, { desired, ours: undefined });
  const isMissed = !observed.isUnseen || hasUdp(resolved);
  const diagnostics = isMissed ? (conntrack.remarks?.(observed, desired, undefined) ?? []) : [];
  const stale = conntrack.diff(observed, desired, undefined);
  for (const step of conntrack.steps(stale, 'whole', desired, { chainsPerCommit: 1 })) {
    if (step.input.length === 0) continue;
    const { code } = await host.run(step.argv(0), chunks(step.input));
    if (code !== 0) await conntrack.explain?.(step, host.run);
  }
  return { count: stale.length, diagnostics };
}
