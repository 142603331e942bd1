/**
 * metrics: kube-proxy's names, types, labels and buckets, and what is counted.
 */
import { describe, expect, it } from '@jest/globals';
import { artifactsOf } from '../pipeline.js';
import type { DiffLine } from '../review/compare.js';
import { smallProgram } from '../testing/cases/small-program.js';
import type { Step } from '../tools/tool.js';
import { driftOf, noLocalEndpoints, rulesIn, rulesWritten } from './counts.js';
import { type Metrics, newMetrics } from './metrics.js';

/** What kube-proxy 1.36 documents in iptables mode, as far as it is told; and ours. */
const SERIES = [
  ['kubeproxy_conntrack_reconciler_deleted_entries_total', 'counter', 'ip_family'],
  ['kubeproxy_conntrack_reconciler_sync_duration_seconds', 'histogram', 'ip_family'],
  ['kubeproxy_network_programming_duration_seconds', 'histogram', 'ip_family'],
  ['kubeproxy_proxy_healthz_total', 'counter', 'code'],
  ['kubeproxy_proxy_livez_total', 'counter', 'code'],
  ['kubeproxy_sync_full_proxy_rules_duration_seconds', 'histogram', 'ip_family'],
  ['kubeproxy_sync_partial_proxy_rules_duration_seconds', 'histogram', 'ip_family'],
  ['kubeproxy_sync_proxy_rules_duration_seconds', 'histogram', 'ip_family'],
  ['kubeproxy_sync_proxy_rules_endpoint_changes_pending', 'gauge', ''],
  ['kubeproxy_sync_proxy_rules_endpoint_changes_total', 'counter', ''],
  ['kubeproxy_sync_proxy_rules_iptables_last', 'gauge', 'ip_family table'],
  ['kubeproxy_sync_proxy_rules_iptables_partial_restore_failures_total', 'counter', 'ip_family'],
  ['kubeproxy_sync_proxy_rules_iptables_restore_failures_total', 'counter', 'ip_family'],
  ['kubeproxy_sync_proxy_rules_iptables_total', 'gauge', 'ip_family table'],
  ['kubeproxy_sync_proxy_rules_last_queued_timestamp_seconds', 'gauge', 'ip_family'],
  ['kubeproxy_sync_proxy_rules_last_timestamp_seconds', 'gauge', 'ip_family'],
  ['kubeproxy_sync_proxy_rules_no_local_endpoints_total', 'gauge', 'ip_family traffic_policy'],
  ['kubeproxy_sync_proxy_rules_service_changes_pending', 'gauge', ''],
  ['kubeproxy_sync_proxy_rules_service_changes_total', 'counter', ''],
  ['rest_client_requests_total', 'counter', 'code host method'],
  ['vipc_drift_repaired_total', 'counter', 'kind'],
  ['vipc_objects_left_out', 'gauge', 'kind'],
  ['vipc_relay_connections_total', 'counter', 'ip_family protocol service'],
  ['vipc_relay_failed_total', 'counter', 'ip_family protocol service'],
  ['vipc_relay_open', 'gauge', 'ip_family protocol service'],
  ['vipc_relay_retried_total', 'counter', 'ip_family protocol service'],
  ['vipc_sync_step_duration_seconds', 'histogram', 'step'],
  ['vipc_watch_failures_total', 'counter', 'kind'],
  ['vipc_watches_failing', 'gauge', 'kind'],
] as const;

/** Everything happened once. */
function used(): Metrics {
  const metrics = newMetrics();
  const { resolved, desired } = smallProgram();
  metrics.queued(1_900_000_000.5);
  metrics.changed({ services: 2, endpoints: 3 });
  metrics.pending({ services: 1, endpoints: 0 });
  metrics.synced({
    full: true,
    at: 1_900_000_001,
    seconds: 0.25,
    steps: { compile: 0.05, apply: 0.2 },
    rules: rulesIn(desired),
    noLocal: noLocalEndpoints(resolved),
    written: [{ family: 'ipv4', table: 'nat', rules: 7 }],
    networkProgramming: [0.7, 200],
  });
  metrics.failed({ full: false, seconds: 3, steps: { apply: 3 } });
  metrics.drift({ missing: 1, foreign: 2, changed: 3 });
  metrics.flows(0.01, 4);
  metrics.healthz(200);
  metrics.livez(503);
  metrics.relayed({ 'default/web:http tcp IPv4': { connections: 3, failed: 1, retried: 2, open: 1 } });
  metrics.requested({ code: '200', host: '10.0.0.1:6443', method: 'GET' });
  return metrics;
}

/** The value of each series, by what stands before it. */
async function valuesOf(metrics: Metrics): Promise<ReadonlyMap<string, number>> {
  const lines = (await metrics.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
}

describe('metrics', () => {
  it.each(SERIES)('%s is a %s by %s', async (name, type, labels) => {
    const text = await used().text();
    expect(text).toContain(`\n# TYPE ${name} ${type}\n`);
    const shown = [...text.matchAll(new RegExp(`^${name}(?:_count)?(?:{(.*)})? `, 'gm'))];
    expect(shown.length).toBeGreaterThan(0);
    for (const [, found = ''] of shown) {
      expect([...found.matchAll(/(\w+)="/g)].map(([, label]) => label).sort()).toEqual(
        labels.split(' ').filter(Boolean),
      );
    }
  });

  it('are no others, but those of the process', async () => {
    const names = [...(await newMetrics().text()).matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name);
    const ours = names.filter((name) => !/^(?:process|nodejs)_/.test(name));
    expect(ours.sort()).toEqual(SERIES.map(([name]) => name));
    expect(names).toEqual(expect.arrayContaining(['process_cpu_seconds_total', 'process_resident_memory_bytes']));
  });

  it('have the values that were reported', async () => {
    const values = await valuesOf(used());
    const sync = 'kubeproxy_sync_proxy_rules_';
    const expected: Readonly<Record<string, number>> = {
      [`${sync}service_changes_total`]: 2,
      [`${sync}endpoint_changes_total`]: 3,
      [`${sync}service_changes_pending`]: 1,
      [`${sync}last_queued_timestamp_seconds{ip_family="IPv4"}`]: 1_900_000_000.5,
      [`${sync}last_timestamp_seconds{ip_family="IPv6"}`]: 1_900_000_001,
      [`${sync}duration_seconds_count{ip_family="IPv4"}`]: 2,
      [`${sync}duration_seconds_sum{ip_family="IPv6"}`]: 3.25,
      'kubeproxy_sync_full_proxy_rules_duration_seconds_bucket{le="0.256",ip_family="IPv4"}': 1,
      'kubeproxy_sync_partial_proxy_rules_duration_seconds_bucket{le="2.048",ip_family="IPv4"}': 0,
      'kubeproxy_sync_partial_proxy_rules_duration_seconds_bucket{le="16.384",ip_family="IPv4"}': 1,
      'kubeproxy_network_programming_duration_seconds_bucket{le="0.5",ip_family="IPv4"}': 0,
      'kubeproxy_network_programming_duration_seconds_bucket{le="1",ip_family="IPv4"}': 1,
      'kubeproxy_network_programming_duration_seconds_bucket{le="210",ip_family="IPv6"}': 2,
      [`${sync}iptables_last{ip_family="IPv4",table="nat"}`]: 7,
      [`${sync}iptables_last{ip_family="IPv4",table="filter"}`]: 0,
      [`${sync}iptables_restore_failures_total{ip_family="IPv4"}`]: 1,
      [`${sync}iptables_partial_restore_failures_total{ip_family="IPv6"}`]: 1,
      'kubeproxy_conntrack_reconciler_deleted_entries_total{ip_family="IPv4"}': 4,
      'kubeproxy_proxy_livez_total{code="503"}': 1,
      'vipc_drift_repaired_total{kind="foreign"}': 2,
      'vipc_sync_step_duration_seconds_sum{step="apply"}': 3.2,
      'rest_client_requests_total{code="200",host="10.0.0.1:6443",method="GET"}': 1,
    };
    expect(Object.fromEntries(Object.keys(expected).map((name) => [name, values.get(name)]))).toEqual(expected);
  });

  it('count from 0, so that the first of something is seen', async () => {
    const values = await valuesOf(newMetrics());
    expect(values.get('vipc_drift_repaired_total{kind="missing"}')).toBe(0);
    expect(values.get('kubeproxy_sync_proxy_rules_iptables_restore_failures_total{ip_family="IPv4"}')).toBe(0);
  });
});

describe('counts', () => {
  it('has the rules of a state by family and table', () => {
    const compiled = smallProgram();
    const [ipv4 = ''] = artifactsOf(compiled).map(
      ({ parts: [part] }) => part && [...part.text].map(({ text }) => text).join('\n'),
    );
    const inText = [...ipv4.matchAll(/^\*(\w+)([^]*?)^COMMIT/gm)].map(([, table = '', text = '']) => {
      return { family: 'ipv4', table, rules: text.match(/^-A /gm)?.length };
    });
    expect(rulesIn(compiled.desired).slice(0, 2)).toEqual(inText);
  });

  it('has the rules that steps write', () => {
    const input = (...lines: string[]) => lines.map((text) => ({ text }));
    const step = (tool: string, program: string, input: Step['input']): Step => ({
      tool,
      program,
      argv: () => [],
      input,
    });
    const steps: readonly Step[] = [
      step('ipset', 'ipset', input('add KUBE-CLUSTER-IP 10.96.0.1,tcp:80')),
      step('iptables', 'iptables', input('*nat', ':A - [0:0]', '-A A -j B', '-I PREROUTING -j A', '-D X 1', 'COMMIT')),
      step('iptables', 'iptables', input('*filter', '-A A', 'COMMIT', '*nat', '-A A', 'COMMIT')),
      step('iptables', 'ip6tables', input('*nat', '-X A', 'COMMIT')),
    ];
    expect(rulesWritten(steps)).toEqual([
      { family: 'ipv4', table: 'nat', rules: 3 },
      { family: 'ipv4', table: 'filter', rules: 1 },
    ]);
  });

  it('has the ServicePorts that have endpoints, but not here', () => {
    const elsewhere = { number: 1, ready: ['remote'] } as const;
    const { resolved } = smallProgram([
      { ...elsewhere, name: 'a', spec: { externalTrafficPolicy: 'Local', healthCheckNodePort: 32001 } },
      { ...elsewhere, number: 2, name: 'b', spec: { internalTrafficPolicy: 'Local' } },
      { number: 3, name: 'c', spec: { internalTrafficPolicy: 'Local' } },
      { number: 4, name: 'd', ready: ['pod1'], spec: { internalTrafficPolicy: 'Local' } },
    ]);
    // Each has a TCP and a UDP port.
    expect(noLocalEndpoints(resolved)).toEqual([
      { family: 'ipv4', internal: 2, external: 2 },
      { family: 'ipv6', internal: 2, external: 2 },
    ]);
  });

  it('tells missing lines from foreign and changed ones', () => {
    const section = (...kinds: DiffLine['kind'][]) => ({ title: '', lines: kinds.map((kind) => ({ kind, text: '' })) });
    const changes = [
      { service: 'default/web', sections: [section(' ', '+', '+'), section('-', ' ')] },
      { sections: [section('+', '-', '-', ' ')] },
    ];
    expect(driftOf(changes)).toEqual({ missing: 2, foreign: 2, changed: 1 });
  });
});
