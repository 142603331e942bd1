import { describe, expect, it } from '@jest/globals';
import { DEFAULT_OPTIONS, type Options } from '../options.js';
import { readConfig } from './config.js';
import { locate } from './locate.js';

const HEAD = 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n';

/** What kubeadm 1.30 writes. */
const KUBEADM = `${HEAD}bindAddress: 0.0.0.0
bindAddressHardFail: false
clientConnection:
  acceptContentTypes: ""
  burst: 0
  contentType: ""
  kubeconfig: /var/lib/kube-proxy/kubeconfig.conf
  qps: 0
clusterCIDR: 10.244.0.0/16
configSyncPeriod: 0s
conntrack:
  maxPerCore: null
  min: null
  tcpBeLiberal: false
  tcpCloseWaitTimeout: null
  tcpEstablishedTimeout: null
  udpStreamTimeout: 0s
  udpTimeout: 0s
detectLocal:
  bridgeInterface: ""
  interfaceNamePrefix: ""
detectLocalMode: ""
enableProfiling: false
healthzBindAddress: ""
hostnameOverride: ""
iptables:
  localhostNodePorts: null
  masqueradeAll: false
  masqueradeBit: null
  minSyncPeriod: 0s
  syncPeriod: 0s
ipvs:
  excludeCIDRs: null
  minSyncPeriod: 0s
  scheduler: ""
  strictARP: false
  syncPeriod: 0s
  tcpFinTimeout: 0s
  tcpTimeout: 0s
  udpTimeout: 0s
logging:
  flushFrequency: 0
  options:
    json:
      infoBufferSize: "0"
  verbosity: 0
metricsBindAddress: ""
mode: ""
nftables:
  masqueradeAll: false
  masqueradeBit: null
  minSyncPeriod: 0s
  syncPeriod: 0s
nodePortAddresses: null
oomScoreAdj: null
portRange: ""
showHiddenMetricsForVersion: ""
winkernel:
  enableDSR: false
  forwardHealthCheckVip: false
  networkName: ""
  rootHnsEndpointName: ""
  sourceVip: ""
`;

type Shown = { readonly [K in keyof Options]?: unknown };

function daemon(some: Partial<Options['daemon']>): Options['daemon'] {
  return { ...DEFAULT_OPTIONS.daemon, ...some };
}

const PERIODS = DEFAULT_OPTIONS.daemon.periods;
const AT_ONCE = { sync: 30, minSync: 0 };
const ONE_AT_ONCE = { ...PERIODS, iptables: AT_ONCE };
const ALL_AT_ONCE = daemon({ periods: { iptables: AT_ONCE, ipvs: AT_ONCE, nftables: AT_ONCE } });

const good: [string, string, Shown][] = [
  ['nothing', '', {}],
  [
    'all of kubeadm',
    KUBEADM.replace(HEAD, ''),
    { mode: '', bindAddress: '0.0.0.0', clusterCIDRs: ['10.244.0.0/16'], daemon: ALL_AT_ONCE },
  ],
  ['another mode', 'mode: ipvs\n', { mode: 'ipvs' }],
  [
    'what only ipvs mode has',
    'ipvs: {scheduler: mh, strictARP: true, excludeCIDRs: [10.0.0.1/8], tcpTimeout: 15m, udpTimeout: 1500ms}\n',
    {
      ipvs: {
        scheduler: 'mh',
        strictARP: true,
        excludeCIDRs: [{ family: 'ipv4', text: '10.0.0.0/8', bytes: [10, 0, 0, 0], prefix: 8 }],
        timeouts: { tcp: 900, tcpFin: 0, udp: 1 },
      },
    },
  ],
  [
    'what only userspace mode has',
    'portRange: 20000+99\nudpIdleTimeout: 2s\n',
    { userspace: { proxyPorts: { first: 20000, last: 20099 }, udpIdle: 2000 } },
  ],
  ['mode null, and any port', 'mode: null\nportRange: 0-0\n', {}],
  ['a hostname', 'hostnameOverride: " Node-1 "\n', { nodeName: 'node-1' }],
  ['dual stack', 'clusterCIDR: 10.0.0.0/8,fd00::/8\n', { clusterCIDRs: ['10.0.0.0/8', 'fd00::/8'] }],
  ['node port addresses', 'nodePortAddresses: [10.0.0.0/8]\n', { nodePortAddresses: ['10.0.0.0/8'] }],
  ['primary', 'nodePortAddresses: [primary]\n', { nodePortAddresses: 'primary' }],
  [
    'iptables',
    'iptables: {masqueradeBit: 0, masqueradeAll: true, localhostNodePorts: false, syncPeriod: 1m, minSyncPeriod: 1m}\n',
    {
      masqueradeBit: 0,
      masqueradeAll: true,
      localhostNodePorts: false,
      daemon: daemon({ periods: { ...PERIODS, iptables: { sync: 60, minSync: 60 } } }),
    },
  ],
  ['periods of 0', 'iptables: {syncPeriod: 0s, minSyncPeriod: 0s}\n', { daemon: daemon({ periods: ONE_AT_ONCE }) }],
  [
    'where to listen',
    'healthzBindAddress: "[::]:1"\nmetricsBindAddress: 10.0.0.1\n',
    { daemon: daemon({ healthz: { host: '::', port: 1 }, metrics: { host: '10.0.0.1', port: 10249 } }) },
  ],
  [
    'where to listen by default',
    'healthzBindAddress: ""\nmetricsBindAddress: :7\n',
    { daemon: daemon({ metrics: { host: '', port: 7 } }) },
  ],
  ['bit 31', 'iptables: {masqueradeBit: 31}\n', { masqueradeBit: 31 }],
  ['conntrack', 'conntrack: {tcpBeLiberal: true}\n', { tcpBeLiberal: true }],
  [
    'a bridge',
    'detectLocalMode: BridgeInterface\ndetectLocal: {bridgeInterface: cni0}\n',
    { detectLocalMode: 'BridgeInterface', bridgeInterface: 'cni0' },
  ],
  [
    'a prefix',
    'detectLocalMode: InterfaceNamePrefix\ndetectLocal: {interfaceNamePrefix: veth}\n',
    { detectLocalMode: 'InterfaceNamePrefix', interfaceNamePrefix: 'veth' },
  ],
  ['feature gates', 'featureGates: {Any: true}\n', {}],
];

describe('readConfig', () => {
  it.each(good)('%s', (_, text, expected) => {
    const { value, diagnostics } = readConfig({ name: 'c.yaml', text: HEAD + text });
    expect(diagnostics).toEqual([]);
    const texts = (list: Options['nodePortAddresses']) => (list === 'primary' ? list : list.map((cidr) => cidr.text));
    const shown = {
      ...value,
      clusterCIDRs: texts(value.clusterCIDRs),
      nodePortAddresses: texts(value.nodePortAddresses),
    };
    expect(shown).toEqual({ ...DEFAULT_OPTIONS, ...expected });
  });
});

/** Each: fields after the two lines of the head, `line:col severity code`, the message, and a hint if there is one. */
const bad: [string, string, string, RegExp, ...RegExp[]][] = [
  [
    'a slip',
    'iptables:\n  masquradeBit: 5\n',
    '4:3 warning unknown-field',
    /is not a field: "masquradeBit"/,
    /masqueradeBit/,
  ],
  ['another unknown field', 'nonsense: 5\n', '3:1 warning unknown-field', /nonsense is not a field/],
  [
    'a bit beyond 31',
    'iptables:\n  masqueradeBit: 32\n',
    '4:18 error invalid-field',
    /iptables.masqueradeBit must be .* 0 to 31, is 32/,
  ],
  ['a bit in quotes', 'iptables: {masqueradeBit: "5"}\n', '3:27 error invalid-field', /is a string/, /quotes/],
  [
    'a duration without a unit',
    'configSyncPeriod: 30\n',
    '3:19 error invalid-field',
    /configSyncPeriod must be a duration such as "30s"/,
  ],
  ['no such scheduler', 'ipvs: {scheduler: "rr -p 1"}\n', '3:19 error invalid-field', /must be one of rr, wrr,/],
  [
    'no network',
    'ipvs: {excludeCIDRs: [10.0.0.0]}\n',
    '3:23 error invalid-field',
    /excludeCIDRs\[0\] must be a network/,
  ],
  ['no duration', 'ipvs: {tcpTimeout: 30x}\n', '3:20 error invalid-field', /ipvs.tcpTimeout must be a duration/],
  ['a negative duration', 'iptables: {syncPeriod: -1s}\n', '3:24 error invalid-field', /must not be negative/],
  [
    'minSyncPeriod too long',
    'iptables: {minSyncPeriod: 2m, syncPeriod: 1m}\n',
    '3:27 error invalid-field',
    /iptables.minSyncPeriod must not be greater than syncPeriod, 60s, is 120s/,
  ],
  [
    'minSyncPeriod longer than the default',
    'ipvs: {minSyncPeriod: 31s}\n',
    '3:23 error invalid-field',
    /than syncPeriod, 30s/,
  ],
  ['no cluster network', 'clusterCIDR: 10.0.0.0\n', '3:14 error invalid-field', /clusterCIDR must be a network/],
  ['two of one family', 'clusterCIDR: 10.0.0.0/8,11.0.0.0/8\n', '3:14 error invalid-field', /one IPv4 and one IPv6/],
  ['primary and more', 'nodePortAddresses: [primary, 10.0.0.0/8]\n', '3:20 error invalid-field', /"primary" alone/],
  ['no node port addresses', 'nodePortAddresses: 10.0.0.0/8\n', '3:20 error invalid-field', /must be a list/],
  ['no such local mode', 'detectLocalMode: clusterCIDR\n', '3:18 error invalid-field', /one of ClusterCIDR, NodeCIDR/],
  ['no bridge', 'detectLocalMode: BridgeInterface\n', '3:18 error missing-field', /needs detectLocal.bridgeInterface/],
  [
    'no prefix',
    'detectLocalMode: InterfaceNamePrefix\ndetectLocal: {bridgeInterface: a}\n',
    '3:18 error missing-field',
    /needs detectLocal.interfaceNamePrefix/,
  ],
  ['a bad interface', 'detectLocal: {bridgeInterface: "a -j X"}\n', '3:32 error invalid-field', /1 to 15 characters/],
  ['no such mode', 'mode: ebpf\n', '3:7 error invalid-field', /one of iptables, ipvs, nftables, userspace, is "ebpf"/],
  ['no port range', 'portRange: 9-1\n', '3:12 error invalid-field', /portRange must be a range of ports/],
  ['a bad node name', 'hostnameOverride: "a b"\n', '3:19 error invalid-field', /node's name/],
  ['no address', 'bindAddress: localhost\n', '3:14 error invalid-field', /bindAddress must be an IP address/],
  [
    'a feature that is not a boolean',
    'featureGates: {A: 1}\n',
    '3:19 error invalid-field',
    /featureGates.A must be true or false/,
  ],
  ['text that is no YAML', 'mode: [\n', '4:1 error syntax', /not YAML/],
  ['a second one', `---\n${HEAD}`, '4:1 error duplicate-object', /more than one KubeProxyConfiguration/],
];

describe('readConfig reports', () => {
  it.each(bad)('%s', (_, text, place, message, ...[hint]) => {
    const { diagnostics } = readConfig({ name: 'c.yaml', text: HEAD + text });
    expect(diagnostics.map(placeOf)).toEqual([place]);
    expect(diagnostics[0]?.message).toMatch(message);
    if (hint) expect(diagnostics[0]?.hint).toMatch(hint);
  });
});

function placeOf({ origin, severity, code }: ReturnType<typeof readConfig>['diagnostics'][number]): string {
  if (!origin) return `nowhere ${severity} ${code}`;
  const { line, col } = locate(origin);
  return `${line}:${col} ${severity} ${code}`;
}
