/**
 * The judge of NetworkPolicies: what the Kubernetes page "Network Policies" and the API reference of NetworkPolicySpec
 * say about each kind of rule.
 */
import { describe, expect, it } from '@jest/globals';
import type { Ip } from '../ip.js';
import { parseIp } from '../ip.js';
import { readSnapshot } from '../read/snapshot.js';
import { type Admission, judgeOf, type PolicyPod, type Receiver, type Sender } from './judge.js';

const ip = (text: string): Ip => {
  const parsed = parseIp(text);
  if (!parsed) throw new Error(text);
  return parsed;
};

const WEB: Receiver = {
  namespace: 'default',
  labels: { app: 'web' },
  ips: [ip('10.244.1.5')],
  declared: [
    { name: 'http', port: 8080, protocol: 'TCP' },
    { name: 'dns', port: 53, protocol: 'UDP' },
  ],
};
const pod = (namespace: string, labels: Readonly<Record<string, string>>): PolicyPod => ({
  namespace,
  labels,
  ips: [ip('10.244.2.7')],
});
const FRONT = pod('default', { app: 'front' });
const OTHER = pod('default', { app: 'other' });
const SHOP = pod('shop', { app: 'front' });
const GONE = pod('gone', { app: 'front' });
const OUTSIDE = ip('198.51.100.7');

const NAMESPACE = '{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {team: a}}}';
const policy = (spec: string, name = 'p', namespace = 'default') =>
  `{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: ${name}, namespace: ${namespace}}, spec: {${spec}}}`;
const onWeb = (spec: string, name?: string) => policy(`podSelector: {matchLabels: {app: web}}, ${spec}`, name);

function judged(policies: readonly string[], sender: Sender, receiver: Receiver, port = 8080, protocol = 'TCP') {
  const { value, diagnostics } = readSnapshot([{ name: 'x.yaml', text: [NAMESPACE, ...policies].join('\n---\n') }]);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const { admission, by } = judgeOf(value)(sender, receiver, { port, protocol: protocol as 'TCP' });
  return { admission, by: by.map(({ metadata }) => metadata.name) };
}

const FROM_FRONT = 'ingress: [{from: [{podSelector: {matchLabels: {app: front}}}]}]';

/** What it is about, the policies, the sender, and what becomes of it. */
const ROWS: readonly (readonly [string, readonly string[], Sender, Admission])[] = [
  ['no policy', [], FRONT, 'admitted'],
  ['a policy of other Pods', [policy('podSelector: {matchLabels: {app: db}}')], FRONT, 'admitted'],
  ['a policy of another namespace', [policy('podSelector: {}', 'p', 'shop')], OTHER, 'admitted'],
  ['no rule', [policy('podSelector: {}')], FRONT, 'stopped'],
  ['no rule, for an address', [policy('podSelector: {}')], OUTSIDE, 'stopped'],
  ['an empty rule', [onWeb('ingress: [{}]')], OUTSIDE, 'admitted'],
  ['of Egress alone', [onWeb('policyTypes: [Egress]')], FRONT, 'admitted'],
  ['Pods of the same namespace', [onWeb(FROM_FRONT)], FRONT, 'admitted'],
  ['Pods with other labels', [onWeb(FROM_FRONT)], OTHER, 'stopped'],
  ['such Pods of another namespace', [onWeb(FROM_FRONT)], SHOP, 'stopped'],
  ['Pods, for an address', [onWeb(FROM_FRONT)], OUTSIDE, 'stopped'],
  ['what another policy admits', [policy('podSelector: {}'), onWeb(FROM_FRONT, 'q')], FRONT, 'admitted'],
  ['all namespaces', [onWeb('ingress: [{from: [{namespaceSelector: {}}]}]')], GONE, 'admitted'],
  ['all namespaces, for an address', [onWeb('ingress: [{from: [{namespaceSelector: {}}]}]')], OUTSIDE, 'stopped'],
  [
    'a namespace by its labels',
    [onWeb('ingress: [{from: [{namespaceSelector: {matchLabels: {team: a}}}]}]')],
    SHOP,
    'admitted',
  ],
  [
    'another namespace by its labels',
    [onWeb('ingress: [{from: [{namespaceSelector: {matchLabels: {team: b}}}]}]')],
    SHOP,
    'stopped',
  ],
  [
    'a namespace whose labels are not known',
    [onWeb('ingress: [{from: [{namespaceSelector: {matchLabels: {team: a}}}]}]')],
    GONE,
    'depends',
  ],
  [
    'a namespace by its name',
    [onWeb('ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: gone}}}]}]')],
    GONE,
    'admitted',
  ],
  [
    'another namespace by its name',
    [onWeb('ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop, team: a}}}]}]')],
    GONE,
    'stopped',
  ],
  [
    'Pods and their namespace in one entry',
    [onWeb('ingress: [{from: [{namespaceSelector: {matchLabels: {team: a}}, podSelector: {matchLabels: {app: x}}}]}]')],
    SHOP,
    'stopped',
  ],
  [
    'Pods or their namespace in two entries',
    [
      onWeb(
        'ingress: [{from: [{namespaceSelector: {matchLabels: {team: a}}}, {podSelector: {matchLabels: {app: x}}}]}]',
      ),
    ],
    SHOP,
    'admitted',
  ],
  ['a network', [onWeb('ingress: [{from: [{ipBlock: {cidr: 198.51.100.0/24}}]}]')], OUTSIDE, 'admitted'],
  ['another network', [onWeb('ingress: [{from: [{ipBlock: {cidr: 198.51.101.0/24}}]}]')], OUTSIDE, 'stopped'],
  [
    'an exception of a network',
    [onWeb('ingress: [{from: [{ipBlock: {cidr: 198.51.0.0/16, except: [198.51.100.0/24]}}]}]')],
    OUTSIDE,
    'stopped',
  ],
  ['a network, for a Pod in it', [onWeb('ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]')], FRONT, 'depends'],
  ['a network, for a Pod not in it', [onWeb('ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/16}}]}]')], FRONT, 'stopped'],
  ['the port of the Pod', [onWeb('ingress: [{ports: [{port: 8080}]}]')], FRONT, 'admitted'],
  ['another port', [onWeb('ingress: [{ports: [{port: 80}]}]')], FRONT, 'stopped'],
  ['a range of ports', [onWeb('ingress: [{ports: [{port: 8000, endPort: 8080}]}]')], FRONT, 'admitted'],
  ['the port by its name', [onWeb('ingress: [{ports: [{port: http}]}]')], FRONT, 'admitted'],
  ['another port by its name', [onWeb('ingress: [{ports: [{port: dns, protocol: UDP}]}]')], FRONT, 'stopped'],
  ['the port of another protocol', [onWeb('ingress: [{ports: [{port: 8080, protocol: UDP}]}]')], FRONT, 'stopped'],
  ['all ports of the protocol', [onWeb('ingress: [{ports: [{protocol: TCP}]}]')], FRONT, 'admitted'],
  ['a sender that may not send', [policy('podSelector: {}, policyTypes: [Egress]', 'p', 'shop')], SHOP, 'stopped'],
  [
    'a sender that may send to such Pods',
    [
      policy(
        'podSelector: {}, egress: [{to: [{namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}]}], policyTypes: [Egress]',
        'p',
        'shop',
      ),
    ],
    SHOP,
    'admitted',
  ],
  [
    'a sender that may send, and a receiver that admits others',
    [policy('podSelector: {}, egress: [{}], policyTypes: [Egress]', 'p', 'shop'), onWeb(FROM_FRONT, 'q')],
    SHOP,
    'stopped',
  ],
  [
    'a Pod of which nothing is known, all Pods',
    [onWeb('ingress: [{from: [{podSelector: {}}]}]')],
    { ips: [] },
    'depends',
  ],
  [
    'a Pod of which nothing is known, all namespaces',
    [onWeb('ingress: [{from: [{namespaceSelector: {}}]}]')],
    { ips: [] },
    'admitted',
  ],
  ['a Pod of which nothing is known, no rule', [onWeb('ingress: []')], { ips: [] }, 'stopped'],
];

describe('a packet to port 8080', () => {
  it.each(ROWS)('%s', (_, policies, sender, expected) => {
    expect(judged(policies, sender, WEB).admission).toBe(expected);
    expect(judged([...policies].reverse(), sender, WEB).admission).toBe(expected);
  });

  it('the rows have every answer', () => expect(new Set(ROWS.map(([, , , admission]) => admission)).size).toBe(3));
});

describe('which policies it names', () => {
  it.each<readonly [string, Sender, readonly string[], readonly string[]]>([
    ['all that restrict it', OTHER, [onWeb(FROM_FRONT, 'a'), onWeb('ingress: []', 'b')], ['a', 'b']],
    ['the one that admits it', FRONT, [onWeb(FROM_FRONT, 'a'), onWeb('ingress: []', 'b')], ['a']],
    [
      'the one of the sender',
      SHOP,
      [onWeb('ingress: [{}]', 'a'), policy('podSelector: {}, policyTypes: [Egress]', 'b', 'shop')],
      ['b'],
    ],
  ])('%s', (_, sender, policies, names) => expect(judged(policies, sender, WEB).by).toEqual(names));
});

it('nothing certain is known of a Pod in the network of its node', () => {
  const hostNetwork: Receiver = { ...WEB, hostNetwork: true };
  expect(judged([onWeb('ingress: []')], FRONT, hostNetwork).admission).toBe('depends');
  expect(judged([onWeb('ingress: [{}]')], FRONT, hostNetwork).admission).toBe('admitted');
});

describe('a receiver whose labels are not known', () => {
  const { labels: _, ...unknown } = WEB;
  it.each<readonly [string, readonly string[], Admission]>([
    ['a policy of all Pods', [policy('podSelector: {}')], 'stopped'],
    ['a policy that may select it', [onWeb('ingress: []')], 'depends'],
    ['two of which each admits', [onWeb('ingress: [{}]', 'a'), onWeb('ingress: [{}]', 'b')], 'admitted'],
    ['two of which one admits', [onWeb('ingress: [{}]', 'a'), onWeb('ingress: []', 'b')], 'depends'],
    [
      'one of all Pods, and one that may admit',
      [policy('podSelector: {}', 'a'), onWeb('ingress: [{}]', 'b')],
      'depends',
    ],
  ])('%s', (_, policies, expected) => expect(judged(policies, FRONT, unknown).admission).toBe(expected));
});
