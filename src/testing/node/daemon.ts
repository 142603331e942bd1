/**
 * Daemon: one in this process, for a node that is a network namespace, with the objects of a test API server.
 */
import type { Host } from '../../apply/host.js';
import { DEFAULT_FEATURES } from '../../backends/features.js';
import { DEFAULT_OPTIONS, type Options } from '../../options.js';
import { type Daemon, startDaemon } from '../../sync/daemon.js';
import type { Logger } from '../../sync/log.js';
import { CHAINS_PER_COMMIT } from '../../tools/iptables/variants.js';
import { watchCluster } from '../../watch/source.js';
import type { Tuning } from '../../watch/tuning.js';
import { httpClient } from '../api-client/http-client.js';
import { type ApiServer, startApiServer } from '../api-server.js';
import type { Variant } from '../machine/kernel.js';
import { withNode } from '../machine/netns.js';
import { within } from '../run/patience.js';
import { clusterObjects } from './churn.js';
import { type LiveNode, liveNode } from './live.js';
import { differenceOn, NODE } from './soak.js';

/** A line of the log, with its message. */
export type Said = Readonly<Record<string, unknown>> & { readonly msg: string };

export interface RunningDaemon {
  readonly host: Host;
  readonly node: LiveNode;
  readonly api: ApiServer;
  readonly daemon: Daemon;
  readonly said: readonly Said[];
  /** The daemon's answer to a GET: status and body. */
  readonly get: (of: 'healthz' | 'metrics', path: string) => Promise<{ status: number; body: string }>;
  /** Seconds until the node matches the server, as within() counts them; Infinity when it does not. */
  readonly inSync: (seconds: number) => Promise<number>;
}

/** Short intervals, for fast tests. */
const TUNING: Partial<Tuning> = { backoffMs: [50, 500], silenceMs: 1500, answerMs: 1500, shortMs: 50 };

const FAST = { sync: 2, minSync: 0.05 };

const QUICK: Options = {
  ...DEFAULT_OPTIONS,
  nodeName: NODE,
  daemon: {
    periods: { iptables: FAST, ipvs: FAST, nftables: FAST },
    healthz: { host: '127.0.0.1', port: 0 },
    metrics: { host: '127.0.0.1', port: 0 },
  },
};

/** Runs a daemon for a small cluster while `use` runs. */
export function withDaemon(variant: Variant, use: (running: RunningDaemon) => Promise<void>): Promise<void> {
  return withNode(async (host) => {
    const api = await startApiServer({ bookmarkMs: 200 });
    for (const object of clusterObjects(20)) api.put(object);
    const node = await liveNode(host, variant);
    const said: Said[] = [];
    const daemon = await startDaemon({
      target: node.target,
      features: DEFAULT_FEATURES,
      chainsPerCommit: CHAINS_PER_COMMIT[variant],
      options: QUICK,
      openSource: (store) => watchCluster(httpClient(api.url), { nodeName: NODE, sink: store, tuning: TUNING }),
      log: logInto(said),
      page: { parts: { script: '', style: '' }, version: '1', isOpen: false },
    });
    const ports = { healthz: daemon.ports.healthzPort, metrics: daemon.ports.metricsPort };
    try {
      await use({
        host,
        node,
        api,
        daemon,
        said,
        get: async (of, path) => {
          const answer = await fetch(`http://127.0.0.1:${ports[of]}${path}`);
          return { status: answer.status, body: await answer.text() };
        },
        inSync: (seconds) => within(seconds, async () => (await differenceOn(node, api)).length === 0),
      });
    } finally {
      await daemon.stop();
      await api.close();
    }
  });
}

function logInto(said: Said[]): Logger {
  const take = (...given: readonly unknown[]): void => {
    const [fields, msg] = typeof given[0] === 'string' ? [{}, given[0]] : [given[0] as object, String(given[1])];
    said.push({ ...fields, msg });
  };
  return { info: take, warn: take, error: take, debug: take } as unknown as Logger;
}
