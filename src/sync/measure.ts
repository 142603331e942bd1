/**
 * Measure: the report of a sync → what the metrics count of it.
 */
import { driftOf, rulesWritten } from '../serve/counts.js';
import type { Metrics } from '../serve/metrics.js';
import type { Changes } from '../watch/changes.js';
import type { SyncReport } from './run.js';

/** Counts a sync that ended at `at`, in seconds since 1970, and the changes that it took. */
export function measure(metrics: Metrics, report: SyncReport, changes: Changes, at: number): void {
  const { kind, ok, times, figures: served, drift, forgottenFlows } = report;
  const { total = 0, ...steps } = times;
  const figures = { full: kind === 'full', seconds: total / 1000, steps: inSeconds(steps) };
  const { services, slices: endpoints, triggered } = changes;
  metrics.changed({ services, endpoints });
  if (drift.length > 0) metrics.drift(driftOf(drift));
  if (steps['flows'] !== undefined) metrics.flows(steps['flows'] / 1000, forgottenFlows);
  if (!ok || !served) {
    metrics.failed(figures);
    return;
  }
  const networkProgramming = triggered.map((trigger) => Math.max(0, at - trigger));
  const all = { ...served, rules: served.rules(), written: rulesWritten(report.steps) };
  metrics.synced({ ...figures, ...all, at, networkProgramming });
}

function inSeconds(steps: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(steps).map(([step, ms]) => [step, ms / 1000]));
}
