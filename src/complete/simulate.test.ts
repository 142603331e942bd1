import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Pod } from '../read/types.js';
import { nodeText, snapshotOf } from '../testing/cases/manifests.js';
import { AS_IT_IS, complete } from './complete.js';

const NODES = `${nodeText('node-a', 1)}${nodeText('node-b', 2)}${nodeText('node-c', 3)}`;
const SIMULATE = { ...AS_IT_IS, simulate: true, nodes: 3 };

function workload(
  kind: string,
  name: string,
  more: { spec?: string; pod?: string; meta?: string; labels?: string } = {},
): string {
  const { spec = '', pod = '', meta = '', labels = `app: ${name}` } = more;
  const version = kind === 'ReplicationController' ? 'v1' : 'apps/v1';
  return `---
apiVersion: ${version}
kind: ${kind}
metadata: {name: ${name}${meta}}
spec: {${spec}selector: ${version === 'v1' ? `{${labels}}` : `{matchLabels: {${labels}}}`}, template: {metadata: {labels: {${labels}}}, spec: {${pod}}}}
`;
}

const BARE = `---
apiVersion: v1
kind: Pod
metadata: {name: alone, labels: {app: alone}}
spec: {containers: [{name: c}]}
`;

const RUNNING = `---
apiVersion: v1
kind: Pod
metadata: {name: web-x7k2p, labels: {app: web}}
spec: {nodeName: node-a}
status: {phase: Running, podIP: 10.244.1.9, conditions: [{type: Ready, status: "True"}]}
`;

function simulated(text: string): readonly Pod[] {
  return complete(snapshotOf(text), SIMULATE).value.pods.filter((pod) => pod.simulated);
}

/** Names and Nodes of the pods, sorted. */
const placed = (text: string) =>
  simulated(text)
    .map(({ metadata, spec }) => `${metadata.name} ${spec.nodeName}`)
    .sort();

const replicas = (count: number) => ({ spec: `replicas: ${count}, ` });

describe('pods of workloads', () => {
  it.each<[string, string, readonly string[]]>([
    [
      'a Deployment: on all Nodes in turn',
      workload('Deployment', 'web', replicas(4)),
      ['web-0 node-c', 'web-1 node-a', 'web-2 node-b', 'web-3 node-c'],
    ],
    ['one replica unless said', workload('ReplicaSet', 'web'), ['web-0 node-c']],
    ['none', workload('Deployment', 'web', replicas(0)), []],
    [
      'a StatefulSet that begins at 5',
      workload('StatefulSet', 'db', { spec: 'replicas: 2, ordinals: {start: 5}, ' }),
      ['db-5 node-c', 'db-6 node-a'],
    ],
    [
      'a DaemonSet',
      workload('DaemonSet', 'agent'),
      ['agent-node-a node-a', 'agent-node-b node-b', 'agent-node-c node-c'],
    ],
    [
      'a DaemonSet for some Nodes',
      workload('DaemonSet', 'agent', { pod: 'nodeSelector: {disk: ssd-2}' }),
      ['agent-node-b node-b'],
    ],
    ['a ReplicationController', workload('ReplicationController', 'old', replicas(1)), ['old-0 node-c']],
    ['a named Node', workload('Deployment', 'web', { pod: 'nodeName: node-c' }), ['web-0 node-c']],
    [
      'a ReplicaSet of a Deployment',
      workload('ReplicaSet', 'web', { meta: ', ownerReferences: [{kind: Deployment, controller: true}]' }),
      [],
    ],
    ['whose pods are there', `${workload('Deployment', 'web', replicas(3))}${RUNNING}`, []],
    ['a Pod without a status', BARE, ['alone node-c']],
    [
      'a name that is taken',
      `${workload('StatefulSet', 'web', { labels: 'app: x' })}${RUNNING.replace('web-x7k2p', 'web-0')}`,
      ['web-0-simulated node-c'],
    ],
  ])('%s', (_, text, expected) => expect(placed(NODES + text)).toEqual(expected));

  it.each([
    ['taints', nodeText('node-a', 1, { spec: ', taints: [{key: gpu, value: "1", effect: NoSchedule}]' }), []],
    ['cordoned', nodeText('node-a', 1, { spec: ', unschedulable: true' }), []],
    [
      'a taint that only prefers',
      nodeText('node-a', 1, { spec: ', taints: [{key: gpu, effect: PreferNoSchedule}]' }),
      ['web-0 node-a'],
    ],
  ])('%s', (_, node, expected) => {
    expect(placed(node + workload('Deployment', 'web'))).toEqual(expected);
    const tolerant = workload('DaemonSet', 'agent', { pod: 'tolerations: [{operator: Exists}]' });
    expect(placed(node + tolerant)).toEqual(['agent-node-a node-a']);
  });

  it('a workload that no Node takes is a warning', () => {
    const { diagnostics } = complete(
      snapshotOf(NODES + workload('Deployment', 'web', { pod: 'nodeSelector: {disk: none}' })),
      SIMULATE,
    );
    expect(diagnostics.map(({ severity, code }) => `${severity} ${code}`)).toEqual(['warning unschedulable']);
  });
});

describe('addresses', () => {
  it('are of the Node’s networks, one of each family, none twice, and never the first', () => {
    const pods = simulated(NODES + workload('Deployment', 'web', replicas(300)));
    const ips = pods.flatMap(({ spec, status }) => status.podIPs.map((ip) => ({ ip, node: spec.nodeName ?? '' })));
    expect(new Set(ips.map(({ ip }) => ip)).size).toBe(600);
    for (const { ip, node } of ips) {
      const number = 'abc'.indexOf(node.slice(-1)) + 1;
      expect(ip).toMatch(
        ip.includes(':') ? new RegExp(`^fd00:10:244:${number}:`) : new RegExp(`^10\\.244\\.${number}\\.`),
      );
      expect(ip).not.toMatch(/\.1$|::1$|\.0$|\.255$/);
    }
  });

  it('of the host network are the Node’s', () => {
    const [pod] = simulated(nodeText('node-a', 1) + workload('Deployment', 'web', { pod: 'hostNetwork: true' }));
    expect(pod?.status.podIPs).toEqual(['192.168.7.2']);
  });

  it('leave those of Pods in the snapshot alone', () => {
    const network = nodeText('node-a', 1).replaceAll('10.244.1.0/24', '10.244.1.8/29');
    const text = `${network}${workload('Deployment', 'db', replicas(4))}${RUNNING.replace('10.244.1.9', '10.244.1.12')}`;
    const ips = simulated(text).map(({ status }) => status.podIPs[0]);
    expect(ips.sort()).toEqual(['10.244.1.10', '10.244.1.11', '10.244.1.13', '10.244.1.14']);
  });

  it('no more pods than there is memory for', () => {
    const text = workload('Deployment', 'web', replicas(1_000_000)) + workload('Deployment', 'db', replicas(2));
    const { value, diagnostics } = complete(snapshotOf(NODES + text), SIMULATE);
    expect(value.pods).toEqual([]);
    expect(diagnostics.map(({ message }) => message)).toEqual([
      '1000002 pods would be simulated, more than the limit of 500000',
    ]);
  });

  it('that do not suffice are an error', () => {
    const network = nodeText('node-a', 1).replaceAll('10.244.1.0/24', '10.244.1.8/29');
    const { diagnostics } = complete(snapshotOf(network + workload('Deployment', 'db', replicas(8))), SIMULATE);
    const errors = diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message);
    expect(errors).toEqual([
      'the pod network 10.244.1.8/29 of Node node-a has room for 5 pods, not for Pod default/db-0 and 2 more',
    ]);
  });
});

describe('a StatefulSet’s pods', () => {
  it('have names in the domain of its Service', () => {
    const [pod] = simulated(NODES + workload('StatefulSet', 'db', { spec: 'serviceName: peers, ' }));
    expect(pod?.spec).toMatchObject({ hostname: 'db-0', subdomain: 'peers' });
    expect(pod?.metadata.labels).toEqual({ app: 'db', 'statefulset.kubernetes.io/pod-name': 'db-0' });
  });
});

describe('Nodes', () => {
  it.each([1, 3, 64, 1000, 20000])('%s of them have networks of their own', (nodes) => {
    const { value } = complete(snapshotOf(workload('DaemonSet', 'agent')), { ...SIMULATE, nodes });
    expect(value.nodes).toHaveLength(nodes);
    expect(value.nodes.every(({ synthetic }) => synthetic)).toBe(true);
    const ips = [
      ...value.pods.flatMap(({ status }) => status.podIPs),
      ...value.nodes.flatMap(({ addresses }) => addresses.map(({ address }) => address)),
      ...value.nodes.flatMap(({ podCIDRs }) => podCIDRs),
    ];
    expect(new Set(ips).size).toBe(6 * nodes);
  });

  it.each([2, 3, 7])('of %s clusters have addresses of their own, and so have the pods', (of) => {
    const text = workload('DaemonSet', 'agent') + workload('Deployment', 'web', replicas(20));
    const ips = Array.from({ length: of }, (_, index) => {
      const { pods, nodes } = complete(snapshotOf(text), { ...SIMULATE, part: { index, of } }).value;
      return [
        ...pods.flatMap(({ status }) => status.podIPs),
        ...nodes.flatMap(({ addresses, podCIDRs }) => [...podCIDRs, ...addresses.map(({ address }) => address)]),
      ];
    }).flat();
    expect(new Set(ips).size).toBe(ips.length);
    expect(ips).toHaveLength(of * (23 * 2 + 3 * 4));
  });

  it('are those that Pods name, and others', () => {
    const names = (text: string) =>
      complete(snapshotOf(text), SIMULATE).value.nodes.map(({ metadata }) => metadata.name);
    expect(names(RUNNING)).toEqual(['node-a', 'node-1', 'node-2']);
    expect(names(RUNNING.replace('node-a', 'node-2'))).toEqual(['node-2', 'node-1', 'node-3']);
  });

  it('are made up only where there are none', () => {
    expect(complete(snapshotOf(NODES), { ...SIMULATE, nodes: 5 }).value.nodes).toHaveLength(3);
    expect(complete(snapshotOf(BARE), AS_IT_IS).value.nodes).toEqual([]);
  });
});

describe('stability', () => {
  const names = fc.uniqueArray(fc.stringMatching(/^app-[a-z]{1,6}$/), { minLength: 1, maxLength: 12 });
  const where = (all: readonly string[]) =>
    new Map(
      simulated(NODES + all.map((name) => workload('Deployment', name, replicas(3))).join('')).map((pod) => [
        pod.metadata.name,
        `${pod.spec.nodeName} ${pod.status.podIPs}`,
      ]),
    );

  it('does not depend on the order of workloads', () => {
    fc.assert(
      fc.property(names, (all) => expect(where([...all].reverse())).toEqual(where(all))),
      { numRuns: 25 },
    );
  });

  it('other workloads move a pod only from an address that two names lead to', () => {
    fc.assert(
      fc.property(names, (all) => {
        const [newcomer = '', ...others] = all;
        const [before, after] = [where(others), where(all)];
        const moved = [...before].filter(([name, at]) => after.get(name) !== at);
        const held = new Set([...after.values()]);
        for (const [name, at] of moved) {
          expect(after.get(name)?.split(' ')[0]).toBe(at.split(' ')[0]);
          const ips = at.split(' ')[1]?.split(',') ?? [];
          expect([...held].some((other) => ips.some((ip) => other.split(' ')[1]?.split(',').includes(ip)))).toBe(true);
        }
        expect(after.has(`${newcomer}-0`)).toBe(true);
      }),
      { numRuns: 25 },
    );
  });
});
