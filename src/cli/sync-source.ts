/**
 * cli: where the objects of `vipc sync` come from.
 */
import { readMachine } from '../apply/read.js';
import { backendFor } from '../backends/index.js';
import type { Options } from '../options.js';
import type { Metrics } from '../serve/metrics.js';
import type { DaemonParts } from '../sync/daemon.js';
import type { Logger } from '../sync/log.js';
import { newWatchLog } from '../sync/watch-log.js';
import { type ApiClient, connect } from '../watch/client.js';
import { watchFiles } from '../watch/files.js';
import { watchCluster } from '../watch/source.js';
import type { NodeAtHand } from './node.js';

export interface SourceFlags {
  readonly snapshot?: readonly string[];
  readonly kubeconfig?: string | undefined;
  readonly namespace?: string | undefined;
  readonly strict?: boolean;
}

export interface Opened {
  /** Begins to fill the daemon's store. */
  readonly openSource: DaemonParts['openSource'];
  /** The node's name, when the source is limited to it. */
  readonly nodeName?: string;
}

/** The source of objects: files, or the API. */
export async function sourceOf(flags: SourceFlags, node: NodeAtHand, options: Options, log: Logger): Promise<Opened> {
  const { snapshot: paths, kubeconfig, namespace, strict = false } = flags;
  if (paths) {
    return {
      openSource: (store, report) =>
        watchFiles({
          paths,
          namespace,
          strict,
          onSnapshot: store.replaceSnapshot,
          onProblems: (found) => report('snapshot', found),
        }),
    };
  }
  const client = await connect(kubeconfig);
  // Like kube-proxy: hostnameOverride, else the host's name.
  const nodeName = options.nodeName || (await readMachine(node.host)).hostname.toLowerCase();
  log.info({ server: client.server, node: nodeName }, 'watching');
  return {
    openSource: (store, _, { requested, watchFailing }) => {
      const onState = newWatchLog({ log, onFailing: watchFailing });
      const also = backendFor(options.mode)?.also ?? [];
      return watchCluster(counted(client, requested), { nodeName, also, sink: store, onState });
    },
    nodeName,
  };
}

/** The same client; it reports each request to `requested`, as client-go counts them. */
function counted(client: ApiClient, requested: Metrics['requested']): ApiClient {
  const { host } = new URL(client.server);
  const told = (code: string) => requested({ code, host, method: 'GET' });
  return {
    ...client,
    get: (path, signal) =>
      client.get(path, signal).then(
        (answer) => {
          told(String(answer.status));
          return answer;
        },
        (error: unknown) => {
          told('<error>');
          throw error;
        },
      ),
  };
}
