/**
 * health: whether the node's rules keep up with the cluster, as kube-proxy judges it (k/k pkg/proxy/healthcheck): not
 * when a change has waited for too long. That nothing changes, or nothing yet came, is no illness.
 */

/** Times are in milliseconds, of one clock. */
export interface ProxyHealth {
  /** A change waits; the oldest one since the last sync counts. */
  queued(at: number): void;
  /** All that waited was programmed. */
  synced(at: number): void;
  isHealthy(now: number): boolean;
  /** When something was last programmed; undefined before that. */
  lastUpdated(): number | undefined;
}

/** Healthy, and nothing is programmed yet; `healthTimeoutMs` is how long a change may wait, 2 × syncPeriod in kube-proxy. */
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
    // Before the first sync it is starting up, however long that takes.
    isHealthy: (now) => lastUpdated === undefined || oldestQueued === undefined || now - oldestQueued < healthTimeoutMs,
    lastUpdated: () => lastUpdated,
  };
}
