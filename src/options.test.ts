import { describe, expect, it } from '@jest/globals';
import { parseCidr } from './ip.js';
import { DEFAULT_OPTIONS, masqueradeOf, nodePortsOf, type Options } from './options.js';
import { readConfig } from './read/config.js';

function read(lines: readonly string[]): Options {
  const head = ['apiVersion: kubeproxy.config.k8s.io/v1alpha1', 'kind: KubeProxyConfiguration'];
  const { value, diagnostics } = readConfig({ name: 'config.yaml', text: `${[...head, ...lines].join('\n')}\n` });
  expect(diagnostics).toEqual([]);
  return value;
}

const SECTIONS = [
  'iptables: {masqueradeAll: true, masqueradeBit: 3, syncPeriod: 1m, localhostNodePorts: true}',
  'nftables: {masqueradeBit: 5, minSyncPeriod: 2s}',
];

describe('each mode has its own section', () => {
  it.each([
    ['iptables', true, 3],
    ['ipvs', true, 3],
    ['nftables', false, 5],
  ])('%s: all %s, bit %s', (mode, masqueradeAll, masqueradeBit) => {
    expect(masqueradeOf(read([`mode: ${mode}`, ...SECTIONS]))).toEqual({ masqueradeAll, masqueradeBit });
  });

  it('nftables with a field that is not set', () => {
    const options = read(['mode: nftables', 'nftables: {masqueradeAll: true, masqueradeBit: null}']);
    expect(masqueradeOf(options)).toEqual({ masqueradeAll: true, masqueradeBit: 14 });
  });

  it('with its periods', () => {
    expect(read(SECTIONS).daemon.periods).toEqual({
      iptables: { sync: 60, minSync: 1 },
      ipvs: { sync: 30, minSync: 0 },
      nftables: { sync: 30, minSync: 2 },
    });
  });
});

describe('node ports', () => {
  const some = [parseCidr('10.0.0.0/8') ?? []].flat();

  it.each([
    ['iptables', [], [], true, false],
    ['iptables', 'primary', 'primary', true, false],
    ['ipvs', [], [], true, false],
    // k/k docs, "migrating from iptables to nftables": the primary address, and never a loopback one.
    ['nftables', [], 'primary', false, 'named'],
    ['nftables', 'primary', 'primary', false, 'named'],
    ['nftables', some, some, false, 'named'],
  ] as const)('%s %j', (mode, nodePortAddresses, cidrs, localhost, byRelay) => {
    expect(nodePortsOf({ ...DEFAULT_OPTIONS, mode, nodePortAddresses })).toEqual({ cidrs, localhost, byRelay });
  });

  it.each([
    ['iptables', { localhost: false, byRelay: true }],
    ['ipvs', { localhost: true, byRelay: false }],
    ['nftables', { localhost: false, byRelay: 'named' }],
  ])('%s, with --localhost-by-relay', (mode, expected) => {
    expect(nodePortsOf({ ...DEFAULT_OPTIONS, mode, localhostByRelay: true })).toMatchObject(expected);
  });
});

it.each([
  ['{}', true],
  ['{KubeProxyIPVS: false}', true],
  ['{AllowServiceExternalIPs: true}', true],
  ['{AllowServiceExternalIPs: false, KubeProxyIPVS: true}', false],
])('featureGates: %s: external IPs %s', (gates, expected) => {
  expect(read([`featureGates: ${gates}`]).externalIPs).toBe(expected);
});
