/**
 * server: the two addresses of a service proxy. `healthz` is for load balancers and kubelet, `metrics` for Prometheus and
 * administrators; pages and answers are kube-proxy's (k/k pkg/proxy/healthcheck, cmd/kube-proxy); `/rules` and the page at `/` are ours.
 */
import type { Resolved } from '../backends/backend.js';
import { serviceRules } from '../report/service-rules.js';
import type { LocalPolicy } from '../resolve/types.js';
import type { DesiredState } from '../tools/tools.js';
import type { ProxyHealth } from './health.js';
import {
  type Address,
  type Answer,
  type Answerer,
  jsonAnswer,
  type Listening,
  listen,
  TEXT,
  textAnswer,
} from './http.js';
import type { Metrics } from './metrics.js';
import { type PageSource, pageAnswers } from './page.js';

/** The sources of the pages, read at each request. */
export interface Served {
  readonly health: ProxyHealth;
  /** Whether load balancers should use the node: it is not being deleted, nor about to be. */
  readonly nodeEligible: () => boolean;
  readonly metrics: Metrics;
  /** The served state; undefined until there is one. */
  readonly compiled: () => ServedState | undefined;
  /** The page at `/`; absent: there is none. */
  readonly page?: PageSource | undefined;
  /** Milliseconds, of the same clock as in `health`; default Date.now. */
  readonly now?: () => number;
}

/** The state that is served now, and its mode. */
export interface ServedState {
  readonly backend: { readonly mode: string; readonly localPolicy: LocalPolicy };
  /** What there is for one Service, as `namespace/name`, and perhaps for others. */
  readonly of: (service: string) => { readonly resolved: readonly Resolved[]; readonly desired: DesiredState };
}

export interface Servers {
  readonly healthzPort?: number;
  readonly metricsPort?: number;
  close(): Promise<void>;
}

/** Starts the servers that have an address. Rejects, with nothing left listening, when one cannot be bound. */
export async function startServers(
  { healthz, metrics }: { readonly healthz?: Address; readonly metrics?: Address },
  served: Served,
): Promise<Servers> {
  const health = healthz && (await start('healthzBindAddress', healthz, healthAnswers(served)));
  try {
    const pages = metrics && (await start('metricsBindAddress', metrics, metricsAnswers(served)));
    return {
      ...(health ? { healthzPort: health.port } : {}),
      ...(pages ? { metricsPort: pages.port } : {}),
      close: async () => {
        await Promise.all([health?.close(), pages?.close()]);
      },
    };
  } catch (error) {
    await health?.close();
    throw error;
  }
}

async function start(setting: string, address: Address, answer: Answerer): Promise<Listening> {
  try {
    return await listen(address, answer);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${setting}: ${why}${/taken/.test(why) ? ' (does kube-proxy, or another vipc, still run?)' : ''}`);
  }
}

function healthAnswers(served: Served): Answerer {
  return ({ pathname }) => {
    if (pathname === '/healthz') {
      const nodeEligible = served.nodeEligible();
      const answer = healthAnswer(served, nodeEligible, { nodeEligible });
      served.metrics.healthz(answer.status);
      return answer;
    }
    // For kubelet's liveness probe: restarting the proxy does not help a node that is being removed.
    if (pathname === '/livez') {
      const answer = healthAnswer(served, true, {});
      served.metrics.livez(answer.status);
      return answer;
    }
    return textAnswer(404, 'there are /healthz and /livez');
  };
}

/** Go's zero time. */
const NEVER = '0001-01-01T00:00:00Z';

function healthAnswer({ health, now = Date.now }: Served, nodeIsFine: boolean, more: object): Answer {
  const at = now();
  const proxyHealthy = health.isHealthy(at);
  const fine = proxyHealthy && nodeIsFine;
  // A proxy without waiting changes is up to date.
  const lastUpdated = fine ? at : health.lastUpdated();
  return jsonAnswer(fine ? 200 : 503, {
    lastUpdated: lastUpdated === undefined ? NEVER : new Date(lastUpdated).toISOString(),
    currentTime: new Date(at).toISOString(),
    ...more,
    healthy: proxyHealthy,
  });
}

function metricsAnswers(served: Served): Answerer {
  const page = served.page && pageAnswers(served.page);
  return async ({ pathname, searchParams }, caller) => {
    if (pathname === '/metrics') {
      return { status: 200, type: served.metrics.contentType, body: await served.metrics.text() };
    }
    if (pathname === '/rules') return rulesAnswer(served, searchParams.getAll('service'));
    if (pathname === '/proxyMode') return modeAnswer(served.compiled());
    return (await page?.(pathname, caller)) ?? textAnswer(404, PAGES);
  };
}

const PAGES = 'there are /metrics, /proxyMode and /rules?service=NAMESPACE/NAME, and for people a page at /';

const NOT_YET = textAnswer(503, 'nothing is compiled yet');

function modeAnswer(compiled: ServedState | undefined): Answer {
  // kube-proxy writes the word alone, without a newline.
  return compiled ? { status: 200, type: TEXT, body: compiled.backend.mode } : NOT_YET;
}

/** Namespace and name as the API allows them: labels of at most 63 characters. */
const SERVICE = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\/[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

function rulesAnswer({ compiled }: Served, asked: readonly string[]): Answer {
  const [service = ''] = asked;
  if (asked.length !== 1 || !SERVICE.test(service)) {
    return textAnswer(400, 'ask for one Service: /rules?service=NAMESPACE/NAME');
  }
  const made = compiled();
  if (!made) return NOT_YET;
  const { resolved, desired } = made.of(service);
  const text = serviceRules(resolved, desired, service, made.backend.localPolicy);
  if (text !== undefined) return { status: 200, type: TEXT, body: text };
  const why = 'there is none, or it is headless, of type ExternalName, of another proxy, or has errors (see the log)';
  return textAnswer(404, `no rules of Service ${service} on this node: ${why}`);
}
