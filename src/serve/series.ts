/**
 * series: the time series of a service proxy. Those of kube-proxy have its names, labels and buckets (k/k
 * pkg/proxy/metrics of 1.36), so its dashboards and alerts go on working; the others begin with `vipc_`.
 */
import {
  Counter,
  collectDefaultMetrics,
  exponentialBuckets,
  Gauge,
  Histogram,
  linearBuckets,
  Registry,
} from 'prom-client';

/** 1 ms, doubled up to 16 s. */
const SYNC_BUCKETS = exponentialBuckets(0.001, 2, 15);

/** From the change of an endpoint to the rule for it: up to 5 minutes, 0 first as kube-proxy has it. */
const PROGRAMMING_BUCKETS = [
  0,
  ...linearBuckets(0.25, 0.25, 2),
  ...linearBuckets(1, 1, 59),
  ...linearBuckets(60, 5, 12),
  ...linearBuckets(120, 30, 7),
];

const FAMILY = ['ip_family'] as const;
const TABLE = ['ip_family', 'table'] as const;
const POLICY = ['ip_family', 'traffic_policy'] as const;

/** A Service's port, as namespace/name:port. */
const RELAYED = ['service', 'protocol', 'ip_family'] as const;

const SYNC = 'kubeproxy_sync_proxy_rules';
const CONNTRACK = 'kubeproxy_conntrack_reconciler';

/** All series, in the order of the page. */
const SERIES = {
  syncSeconds: histogram(`${SYNC}_duration_seconds`, 'Time that syncs took', FAMILY),
  fullSeconds: histogram('kubeproxy_sync_full_proxy_rules_duration_seconds', 'Time that full syncs took', FAMILY),
  partialSeconds: histogram(
    'kubeproxy_sync_partial_proxy_rules_duration_seconds',
    'Time that partial syncs took',
    FAMILY,
  ),
  programmingSeconds: histogram(
    'kubeproxy_network_programming_duration_seconds',
    'Time from the change of an endpoint, as its controller noted it, until the rules followed',
    FAMILY,
    PROGRAMMING_BUCKETS,
  ),
  lastSync: gauge(`${SYNC}_last_timestamp_seconds`, 'When rules were last synced successfully', FAMILY),
  lastQueued: gauge(`${SYNC}_last_queued_timestamp_seconds`, 'When a change last began to wait for a sync', FAMILY),
  servicesChanged: counter(`${SYNC}_service_changes_total`, 'Service changes seen'),
  servicesPending: gauge(`${SYNC}_service_changes_pending`, 'Service changes that are not yet synced'),
  endpointsChanged: counter(`${SYNC}_endpoint_changes_total`, 'Endpoint changes seen'),
  endpointsPending: gauge(`${SYNC}_endpoint_changes_pending`, 'Endpoint changes that are not yet synced'),
  // The name is kube-proxy's, which lets gauges end with _total.
  rules: gauge(`${SYNC}_iptables_total`, 'iptables rules that the node should have', TABLE),
  rulesWritten: gauge(`${SYNC}_iptables_last`, 'iptables rules written by the last sync', TABLE),
  restoreFailures: counter(`${SYNC}_iptables_restore_failures_total`, 'Syncs that failed', FAMILY),
  partialFailures: counter(`${SYNC}_iptables_partial_restore_failures_total`, 'Partial syncs that failed', FAMILY),
  noLocalEndpoints: gauge(
    `${SYNC}_no_local_endpoints_total`,
    'Service ports under a Local traffic policy that have endpoints, but none on this node',
    POLICY,
  ),
  healthz: counter('kubeproxy_proxy_healthz_total', 'Answers of /healthz by HTTP status', ['code']),
  livez: counter('kubeproxy_proxy_livez_total', 'Answers of /livez by HTTP status', ['code']),
  flowsDeleted: counter(
    `${CONNTRACK}_deleted_entries_total`,
    'Tracked UDP flows deleted because their endpoint is gone',
    FAMILY,
  ),
  flowsSeconds: histogram(
    `${CONNTRACK}_sync_duration_seconds`,
    'Time that the search for stale UDP flows took',
    FAMILY,
  ),
  stepSeconds: histogram('vipc_sync_step_duration_seconds', 'Time that each step of a sync took', ['step']),
  drift: counter('vipc_drift_repaired_total', 'Lines of rules that another program had changed, put right', ['kind']),
  leftOut: gauge('vipc_objects_left_out', 'Objects with errors, which get no rules', ['kind']),
  watchesFailing: gauge('vipc_watches_failing', 'Whether the watch of a kind fails, 1 or 0', ['kind']),
  watchFailures: counter('vipc_watch_failures_total', 'Times that a watch failed, or could not begin', ['kind']),
  relayConnections: counter(
    'vipc_relay_connections_total',
    'Connections and UDP flows that the relay accepted',
    RELAYED,
  ),
  relayFailed: counter('vipc_relay_failed_total', 'Connections that the relay accepted and could not serve', RELAYED),
  relayRetried: counter('vipc_relay_retried_total', 'Attempts to connect to an endpoint that failed', RELAYED),
  relayOpen: gauge('vipc_relay_open', 'Connections and UDP flows that are open in the relay', RELAYED),
  requests: counter('rest_client_requests_total', 'Requests to the Kubernetes API', ['code', 'host', 'method']),
} as const;

export type Series = { readonly [K in keyof typeof SERIES]: ReturnType<(typeof SERIES)[K]> };

/** All series, at 0 or absent, in a registry of their own with those of the process. */
export function newSeries(): { readonly registry: Registry; readonly series: Series } {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const made = Object.entries(SERIES).map(([key, make]) => [key, make(registry)]);
  return { registry, series: Object.fromEntries(made) as Series };
}

function gauge<L extends string = never>(name: string, help: string, labels: readonly L[] = []) {
  return (registry: Registry) => new Gauge<L>({ name, help, labelNames: [...labels], registers: [registry] });
}

function counter<L extends string = never>(name: string, help: string, labels: readonly L[] = []) {
  return (registry: Registry) => new Counter<L>({ name, help, labelNames: [...labels], registers: [registry] });
}

function histogram<L extends string>(name: string, help: string, labels: readonly L[], buckets = SYNC_BUCKETS) {
  return (registry: Registry) =>
    new Histogram<L>({ name, help, labelNames: [...labels], buckets, registers: [registry] });
}
