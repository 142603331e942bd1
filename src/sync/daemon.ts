/**
 * Daemon: a source of objects, the loop that syncs a node to them, and what others may ask about it.
 *
 *     source ─ store ─ loop ─ syncer ─ node
 *                        └ health, metrics, health checks, log
 */
import type { Target } from '../apply/run.js';
import type { Features } from '../backends/features.js';
import { backendFor } from '../backends/index.js';
import type { Options, Periods } from '../options.js';
import type { Compiled } from '../pipeline.js';
import { proxyHealth } from '../serve/health.js';
import { healthChecks } from '../serve/health-checks.js';
import { type Metrics, newMetrics } from '../serve/metrics.js';
import { startServers } from '../serve/server.js';
import type { ObjectSource } from './files.js';
import { type Logger, logDrift, logSync, NODE, newReporter, type Reporter } from './log.js';
import { newLoop } from './loop.js';
import { measure } from './measure.js';
import { newStore, type Store } from './store.js';
import { newSyncer, type SyncKind } from './syncer.js';

export interface DaemonParts {
  readonly target: Target;
  readonly features: Features;
  readonly chainsPerCommit: number;
  readonly layout?: string | undefined;
  readonly options: Options;
  /** Begins to fill the store. */
  readonly openSource: (store: Store, report: Reporter, metrics: Metrics) => ObjectSource;
  readonly log: Logger;
}

export interface Daemon {
  /** Resolves after the first sync that worked. */
  readonly ready: Promise<void>;
  /** Where it listens. */
  readonly ports: { readonly healthzPort?: number; readonly metricsPort?: number };
  /** Whether the loop is alive, for a watchdog. */
  readonly isAlive: () => boolean;
  /** Other options from now on; addresses to listen on stay. */
  configure(options: Options): void;
  /** Ends all of it; the rules stay. */
  stop(): Promise<void>;
}

/** kube-proxy's: a change that waits for longer than two periods makes it unhealthy. */
const HEALTHY_PERIODS = 2;

/** Starts everything; rejects when an address to listen on cannot be had. */
export async function startDaemon(parts: DaemonParts): Promise<Daemon> {
  const { log } = parts;
  let { options } = parts;
  let compiled: Compiled | undefined;
  const metrics = newMetrics();
  const report = newReporter(log, metrics.leftOut);
  const health = proxyHealth(periodsOf(options).sync * HEALTHY_PERIODS * 1000);
  const checks = healthChecks(() => health.isHealthy(Date.now()));
  const store = newStore({
    onChange: () => {
      tellPending();
      loop.changed();
    },
    onInvalid: (diagnostics, about) => report(about, diagnostics),
  });
  const tellPending = (): void => {
    const { services, slices: endpoints } = store.changes();
    metrics.pending({ services, endpoints });
  };
  const syncer = newSyncer(parts, options);
  let becomeReady: () => void = () => {};
  const ready = new Promise<void>((resolve) => {
    becomeReady = resolve;
  });

  /** The Services whose changes failed so far. */
  let owed: readonly string[] = [];
  const sync = async (kind: SyncKind): Promise<boolean> => {
    const changes = store.takeChanges();
    const done = await syncer.sync(store.snapshot(), kind);
    compiled = done.compiled ?? compiled;
    if (done.found) report('compile', done.found);
    // A partial sync does not look at everything that a full one may have complained of.
    report(NODE, done.diagnostics, done.kind === 'full' ? undefined : 'more');
    logDrift(log, done.drift);
    const names = new Set([...owed, ...changes.names]);
    owed = done.ok ? [] : [...names];
    logSync(log, done, { ...changes, names });
    measure(metrics, done, changes, Date.now() / 1000);
    if (!done.ok) return false;
    tellPending();
    health.synced(Date.now());
    // A change that came meanwhile is not in it.
    const waiting = loop.pendingSince();
    if (waiting !== undefined) health.queued(waiting);
    const problems = await checks.update(compiled?.resolved ?? []);
    report(
      'health checks',
      problems.map((message) => ({ code: 'health-check', severity: 'warning', message })),
    );
    becomeReady();
    return true;
  };
  const loop = newLoop({
    periods: () => periodsOf(options),
    sync,
    onQueued: (at) => {
      health.queued(at);
      metrics.queued(at / 1000);
    },
  });

  const servers = await startServers(
    { healthz: options.daemon.healthz, metrics: options.daemon.metrics },
    {
      health,
      metrics,
      nodeEligible: () => isEligible(store, compiled),
      compiled: () => compiled,
    },
  );
  const source = parts.openSource(store, report, metrics);
  // Rules for half of the cluster would cut off the other half.
  void source.ready.then(loop.start);

  return {
    ready,
    ports: servers,
    isAlive: loop.isAlive,
    configure: (changed) => {
      options = changed;
      syncer.configure(changed);
      loop.refresh();
    },
    stop: async () => {
      await source.stop();
      await loop.stop();
      await checks.close();
      await servers.close();
    },
  };
}

function periodsOf(options: Options): Periods {
  return backendFor(options.mode)?.periods(options) ?? options.daemon.periods.iptables;
}

/** Whether load balancers should use the node: not when it is to go. A node that nobody knows is not to go. */
function isEligible(store: Store, compiled: Compiled | undefined): boolean {
  const name = compiled?.resolved[0]?.node.name;
  return !store.snapshot().nodes.some(({ metadata, leaving }) => metadata.name === name && leaving);
}
