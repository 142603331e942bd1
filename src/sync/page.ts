/**
 * page: what the daemon's page shows, from what the daemon has: the cluster, what it did lately, what waits.
 */
import type { Compilation } from '../increment/compiler.js';
import type { Options } from '../options.js';
import type { Parts } from '../report/html.js';
import type { Report } from '../report/model.js';
import type { ProxyHealth } from '../serve/health.js';
import type { History } from '../serve/history.js';
import type { PageSource } from '../serve/page.js';
import type { Store } from '../watch/store.js';

/** The page as it was built, and to whom it is served. */
export interface DaemonPage {
  readonly parts: Parts;
  readonly version: string;
  /** Served to every address, not only over loopback. */
  readonly isOpen: boolean;
}

/** The state of the daemon. */
interface Now {
  readonly options: Options;
  readonly store: Store;
  /** Undefined before the first sync. */
  readonly compiled: Compilation | undefined;
  readonly pendingSince: number | undefined;
}

/** Names of changed Services, at most. */
const MOST_NAMES = 20;

export function pageSource(
  { parts, version, isOpen }: DaemonPage,
  layout: string | undefined,
  { history, health }: { readonly history: History; readonly health: ProxyHealth },
  now: () => Now,
): PageSource {
  return {
    parts,
    isOpen,
    report: () => {
      const { options, store, compiled } = now();
      return compiled && reportOf(store, options, compiled, { version, layout });
    },
    state: () => {
      const { store, pendingSince } = now();
      const { services, slices: endpoints, nodes, names } = store.changes();
      return {
        ...history.data(),
        at: Date.now(),
        isHealthy: health.isHealthy(Date.now()),
        waiting: {
          services,
          endpoints,
          nodes,
          names: [...names].slice(0, MOST_NAMES),
          ...(pendingSince !== undefined && { since: pendingSince }),
        },
      };
    },
  };
}

function reportOf(
  store: Store,
  options: Options,
  compiled: Compilation,
  { version, layout }: { readonly version: string; readonly layout: string | undefined },
): Report {
  const { backend } = compiled;
  const resolved = compiled.resolved();
  const nodeName = compiled.nodeName || options.nodeName;
  return {
    snapshot: store.snapshot(),
    data: {
      title: nodeName === '' ? 'this node' : `node ${nodeName}`,
      version,
      options: { ...options, nodeName, nodeAddresses: [...new Set(resolved.flatMap(({ node }) => node.addresses))] },
      layout: layout ?? backend.liveLayout,
      namespace: 'default',
      domain: 'cluster.local',
      mentioned: [],
      said: [],
      isServed: true,
    },
  };
}
