/**
 * metrics: the reports of a sync loop → the page that Prometheus reads. All times are in seconds, timestamps since 1970.
 */
import { FAMILIES, type Family } from '../ip.js';
import type { Drift, NoLocalEndpoints, RuleCount } from './counts.js';
import { type RelayCounts, recordRelay } from './relayed.js';
import { newSeries, type Series } from './series.js';

export interface Metrics {
  readonly contentType: string;
  /** The page. */
  text(): Promise<string>;
  /** A change began to wait for a sync. */
  queued(at: number): void;
  /** Changes were seen. */
  changed(counts: Partial<Changes>): void;
  /** The number of changes that wait now. */
  pending(counts: Partial<Changes>): void;
  /** A sync worked. */
  synced(sync: SyncFigures): void;
  /** A sync failed. */
  failed(sync: Pick<SyncFigures, 'full' | 'seconds' | 'steps'>): void;
  /** Drift was repaired. */
  drift(lines: Drift): void;
  /** A search for stale UDP flows took `seconds`, and deleted some. */
  flows(seconds: number, deleted: number): void;
  /** `/healthz` or `/livez` was answered with an HTTP status. */
  healthz(code: number): void;
  livez(code: number): void;
  /** The number of objects that have errors and are left out, by kind. */
  leftOut(objects: Readonly<Record<string, number>>): void;
  /** Whether the watch of a kind fails; called again at each failure. */
  watchFailing(kind: string, failing: boolean): void;
  /** The counters of the relay now. */
  relayed(counts: RelayCounts): void;
  /** A request to the Kubernetes API ended; without an answer `code` is `<error>`, as in client-go. */
  requested(request: { readonly code: string; readonly host: string; readonly method: string }): void;
}

export interface Changes {
  readonly services: number;
  readonly endpoints: number;
}

/** One sync. */
export interface SyncFigures {
  /** The whole node was read. */
  readonly full: boolean;
  /** When it ended. */
  readonly at: number;
  readonly seconds: number;
  /** The time of each step, by name. */
  readonly steps?: Readonly<Record<string, number>>;
  /** iptables rules that there are, and ServicePorts that drop traffic, of all that is served (counts.ts). */
  readonly rules: readonly RuleCount[];
  readonly noLocal: readonly NoLocalEndpoints[];
  /** iptables rules that it wrote (counts.ts). */
  readonly written?: readonly RuleCount[];
  /** The age of each endpoint change in it. */
  readonly networkProgramming?: readonly number[];
}

/** As the Kubernetes API and kube-proxy write it. */
const FAMILY: Readonly<Record<Family, string>> = { ipv4: 'IPv4', ipv6: 'IPv6' };

/** The tables that kube-proxy has rules in. */
const TABLES = ['filter', 'nat'] as const;

/** Metrics at 0. */
export function newMetrics(): Metrics {
  const { registry, series } = newSeries();
  begin(series);
  let relayed: RelayCounts = {};
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    queued: (at) => {
      for (const family of FAMILIES) series.lastQueued.set({ ip_family: FAMILY[family] }, at);
    },
    changed: ({ services = 0, endpoints = 0 }) => {
      series.servicesChanged.inc(services);
      series.endpointsChanged.inc(endpoints);
    },
    pending: ({ services, endpoints }) => {
      if (services !== undefined) series.servicesPending.set(services);
      if (endpoints !== undefined) series.endpointsPending.set(endpoints);
    },
    synced: (sync) => recordSync(series, sync),
    failed: (sync) => {
      recordTimes(series, sync, FAMILIES);
      for (const family of FAMILIES) {
        series.restoreFailures.inc({ ip_family: FAMILY[family] });
        if (!sync.full) series.partialFailures.inc({ ip_family: FAMILY[family] });
      }
    },
    drift: (lines) => {
      for (const [kind, count] of Object.entries(lines)) series.drift.inc({ kind }, count);
    },
    flows: (seconds, deleted) => {
      // Both families are searched at once, and only their sum must be right.
      series.flowsSeconds.observe({ ip_family: FAMILY.ipv4 }, seconds);
      series.flowsDeleted.inc({ ip_family: FAMILY.ipv4 }, deleted);
    },
    healthz: (code) => series.healthz.inc({ code }),
    livez: (code) => series.livez.inc({ code }),
    leftOut: (objects) => {
      for (const [kind, count] of Object.entries(objects)) series.leftOut.set({ kind }, count);
    },
    watchFailing: (kind, failing) => {
      series.watchesFailing.set({ kind }, failing ? 1 : 0);
      if (failing) series.watchFailures.inc({ kind });
    },
    relayed: (counts) => {
      recordRelay(series, counts, relayed);
      relayed = counts;
    },
    requested: (request) => series.requests.inc(request),
  };
}

/** Sets counters to 0 before they count for the first time: rate() would miss the first increment of a new series. */
function begin(series: Series): void {
  for (const kind of ['missing', 'foreign', 'changed'] as const) series.drift.inc({ kind }, 0);
  for (const kind of ['Service', 'EndpointSlice', 'Node']) {
    series.leftOut.set({ kind }, 0);
    series.watchesFailing.set({ kind }, 0);
    series.watchFailures.inc({ kind }, 0);
  }
  for (const code of ['200', '503']) {
    series.healthz.inc({ code }, 0);
    series.livez.inc({ code }, 0);
  }
  for (const family of FAMILIES) {
    const ip_family = FAMILY[family];
    series.restoreFailures.inc({ ip_family }, 0);
    series.partialFailures.inc({ ip_family }, 0);
    series.flowsDeleted.inc({ ip_family }, 0);
  }
}

function recordSync(series: Series, sync: SyncFigures): void {
  const families = sync.noLocal.map(({ family }) => family);
  recordTimes(series, sync, families);
  for (const family of families) {
    const ip_family = FAMILY[family];
    series.lastSync.set({ ip_family }, sync.at);
    for (const ago of sync.networkProgramming ?? []) series.programmingSeconds.observe({ ip_family }, ago);
    for (const table of TABLES) series.rulesWritten.set({ ip_family, table }, 0);
  }
  for (const { family, table, rules } of sync.rules) {
    series.rules.set({ ip_family: FAMILY[family], table }, rules);
  }
  for (const { family, table, rules } of sync.written ?? []) {
    series.rulesWritten.set({ ip_family: FAMILY[family], table }, rules);
  }
  for (const { family, internal, external } of sync.noLocal) {
    const ip_family = FAMILY[family];
    series.noLocalEndpoints.set({ ip_family, traffic_policy: 'internal' }, internal);
    series.noLocalEndpoints.set({ ip_family, traffic_policy: 'external' }, external);
  }
}

/** Both families are synced together, where kube-proxy has a proxier for each: the time is that of both. */
function recordTimes(series: Series, sync: Parameters<Metrics['failed']>[0], families: readonly Family[]): void {
  for (const family of families) {
    const ip_family = FAMILY[family];
    series.syncSeconds.observe({ ip_family }, sync.seconds);
    (sync.full ? series.fullSeconds : series.partialSeconds).observe({ ip_family }, sync.seconds);
  }
  for (const [step, seconds] of Object.entries(sync.steps ?? {})) series.stepSeconds.observe({ step }, seconds);
}
