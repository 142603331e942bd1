/**
 * cluster: a report with what all views compute from it once.
 */
import { backendFor } from '../backends/index.js';
import { lint } from '../lint/lint.js';
import { keyOf, type Service } from '../read/types.js';
import { type Asked, newAsker, type Told } from '../report/ask.js';
import type { Change, Drift, Report } from '../report/model.js';
import { type NodeRow, nodeRows } from '../report/nodes.js';
import { type Row, rowsOf } from '../report/rows.js';
import { type Subject, subjectOf } from '../report/service.js';
import type { LocalPolicy } from '../resolve/types.js';

export interface Cluster {
  readonly report: Report;
  readonly rows: readonly Row[];
  readonly nodes: readonly NodeRow[];
  readonly mode: string;
  readonly localPolicy: LocalPolicy;
  /** The Service of that key. */
  readonly find: (key: string) => Subject | undefined;
  readonly ask: (asked: Asked) => Told;
}

export function clusterOf(given: Report): Cluster {
  const report = withFindings(given);
  const { data, snapshot } = report;
  const subjects = new Map<Service, Subject>();
  const byKey = new Map(snapshot.services.map((service) => [keyOf(service), service]));
  const mode = data.options.mode || 'iptables';
  return {
    report,
    rows: rowsOf(snapshot, data.said, changedServices(data.change ?? data.drift)),
    nodes: nodeRows(snapshot),
    mode,
    localPolicy: backendFor(mode)?.localPolicy ?? 'strict',
    find: (key) => {
      const service = byKey.get(key);
      if (!service) return undefined;
      const subject = subjects.get(service) ?? subjectOf(report, service);
      subjects.set(service, subject);
      return subject;
    },
    ask: newAsker(report),
  };
}

/** The daemon does not lint; its page does. */
function withFindings({ data, snapshot }: Report): Report {
  if (!data.isServed) return { data, snapshot };
  return { data: { ...data, said: lint(snapshot, { simulate: true }) }, snapshot };
}

/** How much there is to tell of the change of each Service. */
function changedServices(change: Omit<Change, 'from'> | Drift | undefined): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const add = (port: string) => {
    const key = serviceOf(port);
    found.set(key, (found.get(key) ?? 0) + 1);
  };
  for (const { effects } of change?.effects ?? []) for (const { service } of effects) add(service);
  for (const { changes } of change?.rules ?? [])
    for (const { service } of changes) if (service !== undefined) add(service);
  return found;
}

/** `default/web` of `default/web:http` */
export function serviceOf(servicePort: string): string {
  return servicePort.replace(/:[^:/]*$/, '');
}
