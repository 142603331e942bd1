/**
 * Daemon: a source of objects, the loop that syncs a node to them, and what it serves about itself.
 *
 *     source ─ store ─ loop ─ syncer ─ node
 *                        └ health, metrics, health checks, log
 */
import type { Target } from '../apply/run.js';
import type { Resolved } from '../backends/backend.js';
import type { Features } from '../backends/features.js';
import { backendFor } from '../backends/index.js';
import type { Compilation } from '../increment/compiler.js';
import type { Options, Periods } from '../options.js';
import { type ProxyHealth, proxyHealth } from '../serve/health.js';
import { type HealthChecks, healthChecks } from '../serve/health-checks.js';
import { type History, newHistory } from '../serve/history.js';
import { type Metrics, newMetrics } from '../serve/metrics.js';
import { startServers } from '../serve/server.js';
import { type Changes, NO_CHANGES } from '../watch/changes.js';
import type { ObjectSource } from '../watch/source.js';
import { newStore, type Store } from '../watch/store.js';
import { type Collector, newCollector } from './collect.js';
import { type Logger, logDrift, logSync, NODE, newReporter, type Reporter } from './log.js';
import { type Loop, newLoop } from './loop.js';
import { measure } from './measure.js';
import { type DaemonPage, pageSource } from './page.js';
import type { RelayProcess } from './relay-process.js';
import type { SyncKind, SyncReport } from './run.js';
import { newSyncer, type Syncer } from './syncer.js';

export interface DaemonParts {
  readonly target: Target;
  readonly features: Features;
  readonly chainsPerCommit: number;
  readonly layout?: string | undefined;
  readonly options: Options;
  /** The relay, which serves some modes. */
  readonly relay?: Pick<RelayProcess, 'counts'>;
  /** Opens the source, which fills the store. */
  readonly openSource: (store: Store, report: Reporter, metrics: Metrics) => ObjectSource;
  readonly log: Logger;
  /** The page for people; absent: there is none. */
  readonly page?: DaemonPage | undefined;
}

export interface Daemon {
  /** Resolves after the first sync that worked. */
  readonly ready: Promise<void>;
  /** The ports that it listens on. */
  readonly ports: { readonly healthzPort?: number; readonly metricsPort?: number };
  /** Whether the loop is alive: no sync is overdue or stuck. */
  readonly isAlive: () => boolean;
  /** Other options from now on; the addresses that it listens on stay. */
  configure(options: Options): void;
  /** The node is read and synced as soon as possible. */
  refresh(): void;
  /** Stops everything; the rules stay. */
  stop(): Promise<void>;
}

/** kube-proxy's: a change that waits for longer than two periods makes it unhealthy. */
const HEALTHY_PERIODS = 2;

/** Where the daemon reports its work. */
interface Outlets {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly report: Reporter;
  readonly health: ProxyHealth;
  readonly checks: HealthChecks;
  readonly history: History;
  readonly collector: Collector;
}

function newOutlets(log: Logger, options: Options): Outlets {
  const metrics = newMetrics();
  const health = proxyHealth(periodsOf(options).sync * HEALTHY_PERIODS * 1000);
  const history = newHistory();
  const report = newReporter(log, metrics.leftOut);
  return {
    log,
    metrics,
    report: (...said) => {
      report(...said);
      history.said(...said);
    },
    history,
    health,
    checks: healthChecks(() => health.isHealthy(Date.now())),
    collector: newCollector(),
  };
}

/** Starts everything; rejects when it cannot listen on an address. */
export async function startDaemon(parts: DaemonParts): Promise<Daemon> {
  let { options } = parts;
  const outlets = newOutlets(parts.log, options);
  const { metrics, report, health, checks } = outlets;
  const store = newStore({
    onChange: () => {
      countPending(metrics, store.changes());
      loop.changed();
    },
    onInvalid: (diagnostics, about) => report(about, diagnostics),
  });
  const syncer = newSyncer(parts, options);
  const { sync, look, compiled, ready } = newSync(store, syncer, outlets, () => loop);
  const loop = newLoop({
    periods: () => periodsOf(options),
    sync,
    look,
    onQueued: (at) => {
      health.queued(at);
      metrics.queued(at / 1000);
    },
  });
  const { healthz, metrics: pages } = options.daemon;
  const nodeEligible = () => isEligible(store, compiled());
  const now = () => ({ options, store, compiled: compiled(), pendingSince: loop.pendingSince() });
  const page = parts.page && pageSource(parts.page, parts.layout, outlets, now);
  const counted = { ...metrics, text: () => countedText(metrics, parts.relay) };
  const served = { health, metrics: counted, nodeEligible, compiled, page };
  const servers = await startServers({ healthz, metrics: pages }, served);
  const source = parts.openSource(store, report, metrics);
  // Rules for half of the cluster would cut off the other half.
  void source.ready.then(loop.start);

  return {
    ready,
    ports: servers,
    isAlive: loop.isAlive,
    refresh: loop.refresh,
    configure: (changed) => {
      options = changed;
      syncer.configure(changed);
      loop.refresh();
    },
    stop: async () => {
      await source.stop();
      await loop.stop();
      await checks.close();
      outlets.collector.stop();
      await servers.close();
    },
  };
}

/** The page of metrics, with the counters that the relay has now. */
async function countedText(metrics: Metrics, relay: DaemonParts['relay']): Promise<string> {
  if (relay) metrics.relayed(await relay.counts());
  return metrics.text();
}

interface Sync {
  /** Syncs the node to the store, and reports it to the outlets; whether it worked. */
  readonly sync: (kind: SyncKind) => Promise<boolean>;
  /** Looks at the node, and reports that it is as programmed; false when it is not. */
  readonly look: () => Promise<boolean>;
  /** What is served; undefined before the first sync that compiled. */
  readonly compiled: () => Compilation | undefined;
  /** Resolves after the first sync that worked. */
  readonly ready: Promise<void>;
}

function newSync(store: Store, syncer: Syncer, outlets: Outlets, loop: () => Loop): Sync {
  let compiled: Compilation | undefined;
  /** The Services whose changes failed so far. */
  let owed: readonly string[] = [];
  let healthChecked: readonly Resolved[] = [];
  /** Whether a full sync was the last that walked everything. */
  let isFull = false;
  let becomeReady: () => void = () => {};
  const ready = new Promise<void>((resolve) => {
    becomeReady = resolve;
  });
  const sync = async (kind: SyncKind): Promise<boolean> => {
    const taken = store.takeChanges();
    const done = await syncer.sync(store, taken, kind);
    compiled = done.compiled ?? compiled;
    if (done.kind === 'full') {
      outlets.collector.soon();
      isFull = true;
    }
    const changes = { ...taken, names: new Set([...owed, ...taken.names]) };
    owed = done.ok ? [] : [...changes.names];
    reportSync(outlets, done, changes);
    if (!done.ok) return false;
    healthChecked = done.figures?.healthChecked ?? [];
    reportSuccess(outlets, store.changes(), loop().pendingSince());
    await updateChecks(outlets, healthChecked);
    becomeReady();
    if (done.isUnread) loop().check();
    // What clients wait for is done.
    if (done.kind === 'full') setImmediate(() => compiled?.prepare());
    return true;
  };
  const look = async (): Promise<boolean> => {
    const done = await syncer.look();
    // What a full sync is followed by, fingerprints of all, holds the whole state until the first look.
    if (isFull) outlets.collector.soon();
    isFull = false;
    if (typeof done === 'object') reportSync(outlets, done, NO_CHANGES);
    // A port that another program had may be free by now.
    await updateChecks(outlets, healthChecked);
    return done !== 'differs';
  };
  return { sync, look, compiled: () => compiled, ready };
}

function reportSync({ log, metrics, report, history }: Outlets, done: SyncReport, changes: Changes): void {
  if (done.found) report('compile', done.found);
  // A partial sync does not read everything that a full one may have reported.
  report(NODE, done.diagnostics, done.kind === 'full' ? undefined : 'more');
  logDrift(log, done.drift);
  logSync(log, done, changes);
  measure(metrics, done, changes, Date.now() / 1000);
  const { kind, ok, times, sent, drift } = done;
  const lines = Object.values(sent).reduce((sum, count) => sum + count, 0);
  history.synced({ at: Date.now(), kind, ok, ms: times.total ?? 0, lines }, changes.names, drift);
}

/** `since` is when a change came during the sync, which did not take it. */
function reportSuccess({ metrics, health }: Outlets, pending: Changes, since: number | undefined): void {
  countPending(metrics, pending);
  health.synced(Date.now());
  if (since !== undefined) health.queued(since);
}

async function updateChecks({ report, checks }: Outlets, resolved: readonly Resolved[]): Promise<void> {
  const problems = await checks.update(resolved);
  report(
    'health checks',
    problems.map((message) => ({ code: 'health-check', severity: 'warning', message })),
  );
}

function countPending(metrics: Metrics, { services, slices: endpoints }: Changes): void {
  metrics.pending({ services, endpoints });
}

function periodsOf(options: Options): Periods {
  return backendFor(options.mode)?.periods(options) ?? options.daemon.periods.iptables;
}

/** Whether load balancers should use the node: not while it is leaving. An unknown Node is not leaving. */
function isEligible(store: Store, compiled: Compilation | undefined): boolean {
  return !(compiled && store.node(compiled.nodeName)?.leaving);
}
