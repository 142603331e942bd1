/**
 * health: whether the node's rules keep up with the cluster, as kube-proxy defines it (k/k pkg/proxy/healthcheck):
 * unhealthy when a change has waited for too long. Without changes, and before the first sync, the proxy is healthy.
 */

/** Times are in milliseconds, of one clock. */
export interface ProxyHealth {
  /** A change waits; the oldest one since the last sync counts. */
  queued(at: number): void;
  /** All waiting changes were programmed. */
  synced(at: number): void;
  isHealthy(now: number): boolean;
  /** When rules were last programmed; undefined before the first time. */
  lastUpdated(): number | undefined;
}

/** Healthy, and nothing is programmed yet. A change may wait for `healthTimeoutMs`, 2 × syncPeriod in kube-proxy. */
export function proxyHealth(healthTimeoutMs: number): ProxyHealth {
  let oldestQueued: number | undefined;
  let lastUpdated: number | undefined;
  return {
    queued: (at) => {
      oldestQueued ??= at;
    },
    synced: (at) => {
      oldestQueued = undefined;
      lastUpdated = at;
    },
    // Before the first sync the proxy is starting, however long that takes.
    isHealthy: (now) => lastUpdated === undefined || oldestQueued === undefined || now - oldestQueued < healthTimeoutMs,
    lastUpdated: () => lastUpdated,
  };
}
