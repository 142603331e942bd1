/**
 * NetworkPolicies on the pages of a Service and of a Pod: which clients are stopped, and by which policy.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { readCluster } from '../front.js';
import { DEFAULT_OPTIONS } from '../options.js';
import { ROOT } from '../testing/cases/cases.js';
import { explainPod } from './pod.js';
import { explainService } from './service.js';

function clusterOf(name: string, change = (text: string) => text) {
  const text = change(readFileSync(`${ROOT}fixtures/explain/${name}.yaml`, 'utf8'));
  return readCluster([{ name: 'cluster.yaml', text }], { partial: true }).value;
}

/** `client at address: admission` of node-a, where a policy changes something. */
function cellsOf(name: string, change?: (text: string) => string) {
  const cluster = clusterOf(name, change);
  const [service] = cluster.services;
  if (!service) throw new Error(name);
  const { matrices } = explainService(cluster, service, [], { ...DEFAULT_OPTIONS, nodeName: 'node-a' });
  return Object.fromEntries(
    matrices.flatMap(({ cells }) =>
      cells.map(({ client, address, policy }) => [
        `${client}: ${address.replace(/ \S+$/, '')}`,
        policy?.admission ?? 'admitted',
      ]),
    ),
  );
}

describe('the matrix', () => {
  it('Pods are judged by their labels, nodes to pods of others by address, what comes masqueraded by the node', () => {
    expect(cellsOf('network-policy-outside')).toEqual({
      'pod on this node: cluster IP': 'in part',
      'pod elsewhere: cluster IP': 'in part',
      'this node: cluster IP': 'in part',
      'another node: cluster IP': 'in part',
      'outside: cluster IP': 'stopped',
      'an endpoint, to itself: cluster IP': 'in part',
      'pod on this node: load balancer': 'in part',
      'pod elsewhere: load balancer': 'in part',
      'this node: load balancer': 'in part',
      'another node: load balancer': 'depends',
      'outside: load balancer': 'depends',
      'an endpoint, to itself: load balancer': 'in part',
      'outside, by the load balancer: load balancer': 'depends',
      'pod on this node: node port': 'in part',
      'pod elsewhere: node port': 'in part',
      'this node: node port': 'in part',
      'another node: node port': 'depends',
      'outside: node port': 'depends',
      'an endpoint, to itself: node port': 'in part',
    });
  });

  it('an address block of the nodes admits what they masquerade, and the nodes', () => {
    const cells = cellsOf('network-policy-outside', (text) =>
      text.replace(
        '        - podSelector:\n            matchLabels: {app: front}\n',
        '        - ipBlock: {cidr: 192.168.7.0/24}\n',
      ),
    );
    expect(cells['this node: cluster IP']).toBe('admitted');
    expect(cells['another node: node port']).toBe('admitted');
    expect(cells['outside: cluster IP']).toBe('stopped');
    expect(cells['outside: node port']).toBe('in part');
  });

  it('without policies nothing is said', () => {
    const cells = cellsOf('network-policy', (text) => text.replace(/---\n[^-]*kind: NetworkPolicy[^]*$/, ''));
    expect(new Set(Object.values(cells))).toEqual(new Set(['admitted']));
  });
});

describe('the page of a Pod', () => {
  const cluster = clusterOf('network-policy-pods');
  const pageOf = (name: string) => {
    const pod = cluster.pods.find(({ metadata }) => metadata.name === name);
    if (!pod) throw new Error(name);
    const { tables, findings } = explainPod(cluster, pod);
    const table = (title: string) => tables.find((each) => each.title.startsWith(title))?.table.rows ?? [];
    return {
      admits: table('Which pods'),
      kept: table('Services that NetworkPolicies keep'),
      remarks: findings.map(({ severity, message }) => `${severity}: ${message}`),
    };
  };

  it('which Pods get to it', () =>
    expect(pageOf('web-1').admits).toEqual([
      ['batch/job-1', 'depends', 'default/allow-front'],
      ['default/other-1, default/web-2', 'depends', 'default/allow-front'],
      ['shop/shop-1', 'no', 'shop/deny-egress'],
      ['default/front-1', 'yes', 'default/allow-front'],
    ]));

  it.each([
    ['front-1', []],
    ['other-1', [['default/web', 'depends', 'default/allow-front']]],
    ['shop-1', [['default/web', 'no', 'shop/deny-egress']]],
  ])('which Services %s does not get to', (name, kept) => expect(pageOf(name).kept).toEqual(kept));

  it('says it of the Pod that is stopped, as a remark', () =>
    expect(pageOf('shop-1').remarks).toEqual([
      'remark: NetworkPolicy shop/deny-egress keeps it from Service default/web',
    ]));

  it('a Pod with another value of the only label is no near miss', () => expect(pageOf('other-1').remarks).toEqual([]));
});
