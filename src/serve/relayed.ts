/**
 * relayed: the counters of the relay → its time series.
 */
import type { Series } from './series.js';

/** The counters of a Service's port since the relay began. */
export interface RelayCount {
  readonly connections: number;
  readonly failed: number;
  readonly retried: number;
  readonly open: number;
}

/** By `default/web:http tcp IPv4`. */
export type RelayCounts = Readonly<Record<string, RelayCount>>;

const NOTHING: RelayCount = { connections: 0, failed: 0, retried: 0, open: 0 };

/** Sets the series to the counters that the relay has now; `before` are those of the last time. */
export function recordRelay(series: Series, counts: RelayCounts, before: RelayCounts): void {
  for (const [key, now] of Object.entries(counts)) {
    const labels = labelsOf(key);
    const last = before[key] ?? NOTHING;
    // A relay that was started again counts from 0.
    const isNew = now.connections < last.connections;
    const more = (name: 'connections' | 'failed' | 'retried') =>
      now[name] - (isNew ? 0 : Math.min(last[name], now[name]));
    series.relayConnections.inc(labels, more('connections'));
    series.relayFailed.inc(labels, more('failed'));
    series.relayRetried.inc(labels, more('retried'));
    series.relayOpen.set(labels, now.open);
  }
  for (const key of Object.keys(before)) {
    if (counts[key]) continue;
    const { relayConnections, relayFailed, relayRetried, relayOpen } = series;
    for (const each of [relayConnections, relayFailed, relayRetried, relayOpen]) each.remove(labelsOf(key));
  }
}

function labelsOf(key: string) {
  const [service = '', protocol = '', ip_family = ''] = key.split(' ');
  return { service, protocol, ip_family };
}
