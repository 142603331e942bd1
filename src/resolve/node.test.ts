import { describe, expect, it } from '@jest/globals';
import { type Family, parseCidr } from '../ip.js';
import { DEFAULT_OPTIONS, type Options } from '../options.js';
import type { Node } from '../read/types.js';
import { chooseNode, nodeContext } from './node.js';

const ORIGIN = { source: { name: 'x', text: '' }, document: 0, base: [], path: [] };

function node(name: string, addresses: readonly [string, string][] = [['InternalIP', '192.168.7.2']]): Node {
  return {
    metadata: { name, namespace: '', labels: { 'topology.kubernetes.io/zone': 'z1' }, annotations: {} },
    leaving: false,
    milliCPU: 0,
    ready: true,
    unschedulable: false,
    taints: [],
    podCIDRs: ['10.244.1.0/24', 'fd00:1::/64'],
    addresses: addresses.map(([type, address]) => ({ type, address })),
    origin: ORIGIN,
  };
}

function options(some: Partial<Options>): Options {
  return { ...DEFAULT_OPTIONS, ...some };
}

const cidrs = (...texts: string[]) => texts.flatMap((text) => parseCidr(text) ?? []);

describe('chooseNode', () => {
  it.each([
    ['the only one', [node('a')], '', 'a', []],
    ['by name', [node('a'), node('b')], 'b', 'b', []],
    ['several and no name', [node('a'), node('b')], '', '', ['error node-required']],
    ['a name that is not there', [node('a')], 'b', 'b', ['warning unknown-node']],
    ['none at all', [], '', '', ['warning unknown-node']],
  ] as const)('%s', (_, nodes, nodeName, expected, codes) => {
    const { value, diagnostics } = chooseNode(nodes, options({ nodeName }));
    expect(value.name).toBe(expected);
    expect(diagnostics.map(({ severity, code }) => `${severity} ${code}`)).toEqual(codes);
  });
});

describe('chooseNode with detectLocalMode NodeCIDR', () => {
  it.each([
    ['a podCIDR', ['10.244.1.0/24'], []],
    ['none', [], ['no-pod-cidr']],
  ] as const)('and %s', (_, podCIDRs, codes) => {
    const { diagnostics } = chooseNode([{ ...node('a'), podCIDRs }], options({ detectLocalMode: 'NodeCIDR' }));
    expect(diagnostics.map(({ code }) => code)).toEqual(codes);
  });
});

describe('nodeContext', () => {
  const context = (family: Family, some: Partial<Options>, of = node('a')) =>
    nodeContext({ name: 'a', object: of }, family, options(some));

  it.each([
    [
      'internal before external',
      [
        ['ExternalIP', '203.0.113.1'],
        ['InternalIP', '10.0.0.1'],
      ],
      {},
      '10.0.0.1',
    ],
    ['external when there is no other', [['ExternalIP', '203.0.113.1']], {}, '203.0.113.1'],
    ['loopback when nothing is known', [['Hostname', 'a']], {}, '127.0.0.1'],
    ['bindAddress wins', [['InternalIP', '10.0.0.1']], { bindAddress: '10.0.0.9' }, '10.0.0.9'],
    ['but not when unspecified', [['InternalIP', '10.0.0.1']], { bindAddress: '0.0.0.0' }, '10.0.0.1'],
    ['nor one of the other family', [['InternalIP', '10.0.0.1']], { bindAddress: 'fd00::9' }, '10.0.0.1'],
  ] as const)('node IP: %s', (_, addresses, some, expected) => {
    const of = node(
      'a',
      addresses.map(([type, address]) => [type, address]),
    );
    expect(context('ipv4', some, of).value.ip.text).toBe(expected);
  });

  it.each([
    ['ipv4', {}, { on: 'local-addresses', loopback: true }, true],
    ['ipv6', {}, { on: 'local-addresses', loopback: false }, false],
    ['ipv4', { localhostNodePorts: false }, { on: 'local-addresses', loopback: false }, false],
    ['ipv4', { nodePortAddresses: cidrs('fd00::/8') }, { on: 'local-addresses', loopback: true }, true],
    ['ipv4', { nodePortAddresses: cidrs('10.0.0.0/8', '0.0.0.0/0') }, { on: 'local-addresses', loopback: true }, true],
    ['ipv4', { nodePortAddresses: cidrs('192.168.0.0/16') }, { on: 'addresses', addresses: ['192.168.7.2'] }, false],
    ['ipv4', { nodePortAddresses: 'primary' }, { on: 'addresses', addresses: ['192.168.7.2'] }, false],
    ['ipv6', { nodePortAddresses: 'primary' }, { on: 'local-addresses', loopback: false }, false],
    ['ipv4', { nodePortAddresses: cidrs('127.0.0.0/8') }, { on: 'addresses', addresses: ['127.0.0.1'] }, true],
    ['ipv6', { nodePortAddresses: cidrs('::1/128') }, { on: 'addresses', addresses: [] }, false],
    [
      'ipv4',
      { nodePortAddresses: cidrs('10.0.0.0/8'), nodeAddresses: ['10.9.9.9', '172.16.0.1'] },
      { on: 'addresses', addresses: ['10.9.9.9'] },
      false,
    ],
  ] as const)('node ports: %s %j', (family, some, expected, localhost) => {
    const { value, diagnostics } = context(family, some);
    expect(value.nodePorts).toEqual(expected);
    expect(value.localhostNodePorts).toBe(localhost);
    expect(diagnostics).toHaveLength('addresses' in expected && expected.addresses.length === 0 ? 1 : 0);
  });

  it.each([
    ['primary', 'the node lacks its primary address, 10.0.0.9: node ports of that family are served nowhere'],
    [
      cidrs('10.0.0.0/24', '10.0.1.0/24'),
      'no address of the node is in nodePortAddresses (10.0.0.0/24, 10.0.1.0/24): node ports of that family are served nowhere',
    ],
  ] as const)('node ports are served nowhere: %j', (nodePortAddresses, message) => {
    const { diagnostics } = context('ipv4', { nodePortAddresses, bindAddress: '10.0.0.9' });
    expect(diagnostics).toMatchObject([{ code: 'no-node-port-address', message }]);
  });

  it.each([
    ['ipv4', {}, undefined],
    ['ipv4', { clusterCIDRs: cidrs('fd00::/48', '10.244.0.0/16') }, { kind: 'source', text: '10.244.0.0/16' }],
    ['ipv6', { clusterCIDRs: cidrs('fd00::/48', '10.244.0.0/16') }, { kind: 'source', text: 'fd00::/48' }],
    ['ipv6', { detectLocalMode: 'NodeCIDR' }, { kind: 'source', text: 'fd00:1::/64' }],
    ['ipv4', { detectLocalMode: 'BridgeInterface', bridgeInterface: 'cni0' }, { kind: 'interface', text: 'cni0' }],
    [
      'ipv4',
      { detectLocalMode: 'InterfaceNamePrefix', interfaceNamePrefix: 'cali' },
      { kind: 'interface-prefix', text: 'cali' },
    ],
  ] as const)('pod traffic: %s %j', (family, some, expected) => {
    const { podTraffic } = context(family, some).value;
    const text = podTraffic && ('cidr' in podTraffic ? podTraffic.cidr.text : Object.values(podTraffic)[1]);
    expect(podTraffic && { kind: podTraffic.kind, text }).toEqual(expected);
  });
});
