/**
 * Daemon page: the server of a daemon's page, with a cluster and a history that a test changes.
 */
import { DEFAULT_OPTIONS } from '../../options.js';
import type { Snapshot } from '../../read/types.js';
import type { Parts } from '../../report/html.js';
import { proxyHealth } from '../../serve/health.js';
import { type History, newHistory } from '../../serve/history.js';
import { newMetrics } from '../../serve/metrics.js';
import { type Servers, startServers } from '../../serve/server.js';

/** What the daemon knows at the moment. */
export interface Now {
  snapshot: Snapshot;
  readonly history: History;
  /** Services whose changes wait for a sync. */
  waits: readonly string[];
}

/** Serves the page on a free port of loopback. */
export function servePage(now: Now, parts: Parts): Promise<Servers> {
  const data = { title: 'node node-a', version: '1', namespace: 'default', domain: 'cluster.local', isServed: true };
  return startServers(
    { metrics: { host: '127.0.0.1', port: 0 } },
    {
      health: proxyHealth(60_000),
      nodeEligible: () => true,
      metrics: newMetrics(),
      compiled: () => undefined,
      page: {
        parts,
        isOpen: false,
        report: () => ({
          snapshot: now.snapshot,
          data: { ...data, options: { ...DEFAULT_OPTIONS, nodeName: 'node-a' }, mentioned: [], said: [] },
        }),
        state: () => ({
          ...now.history.data(),
          at: Date.now(),
          isHealthy: true,
          waiting: { services: now.waits.length, endpoints: 0, nodes: 0, names: now.waits, since: Date.now() - 3000 },
        }),
      },
    },
  );
}

/** Of thirty syncs, one of which failed. */
export function busyHistory(): History {
  const history = newHistory();
  for (let i = 0; i < 30; i++) {
    const event = { at: Date.now() - (30 - i) * 1000, ok: i !== 20, ms: 3 * (1 + (i % 5)) ** 2, lines: i } as const;
    history.synced({ ...event, kind: i % 10 === 0 ? 'full' : 'partial' }, [`default/svc-${i}`], []);
  }
  return history;
}
