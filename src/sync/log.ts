/**
 * Log: what a daemon says, as structured lines; one for each sync, and what is wrong with an object once.
 */
import type { Logger } from 'pino';
import { type Diagnostic, formatPath } from '../diag.js';
import type { ServiceChange } from '../review/compare.js';
import { toJson } from '../review/json.js';
import type { Changes } from './store.js';
import type { SyncReport } from './syncer.js';

export type { Logger } from 'pino';

/** A lasting problem, such as an object with errors, is said once and not at every sync. */
export function newReporter(log: Logger): (diagnostics: readonly Diagnostic[]) => void {
  const said = new Set<string>();
  return (diagnostics) => {
    for (const { code, severity, message, origin, hint } of diagnostics) {
      const line = `${severity} ${origin?.object ?? ''} ${message}`;
      if (severity === 'note' || said.has(line)) continue;
      // Messages name addresses, so there is no end to them.
      if (said.size >= MOST_REMEMBERED) said.clear();
      said.add(line);
      const field = origin && origin.path.length > 0 ? formatPath(origin.path) : undefined;
      log[severity === 'error' ? 'error' : 'warn']({ code, object: origin?.object, field, hint }, message);
    }
  };
}

const MOST_REMEMBERED = 10_000;

/** The line of one sync. */
export function logSync(
  log: Logger,
  { kind, ok, times, sent, forgottenFlows, refused }: SyncReport,
  changes: Changes,
): void {
  const { services, slices, nodes } = changes;
  const line = {
    kind,
    changes: { services, slices, nodes },
    ms: times,
    lines: sent,
    ...(forgottenFlows > 0 ? { forgottenFlows } : {}),
  };
  if (ok) log.info(line, 'synced');
  else log.error({ ...line, refused }, 'sync failed; the old rules stay, and it is tried again');
}

/** What somebody else had changed: the rules that were missing, and those that were not ours. */
export function logDrift(log: Logger, drift: readonly ServiceChange[]): void {
  for (const change of toJson(drift).slice(0, MOST_DRIFT)) {
    const { service, what, removed, added } = change;
    log.warn({ service, what, missing: added.slice(0, MOST_DRIFT), foreign: removed.slice(0, MOST_DRIFT) }, 'drift');
  }
}

/** A flush of everything is thousands of lines. */
const MOST_DRIFT = 20;
