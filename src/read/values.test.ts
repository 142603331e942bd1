import { describe, expect, it } from '@jest/globals';
import {
  parseBindAddress,
  parseClusterCIDRs,
  parseDuration,
  parseInterfaceName,
  parseNodePortAddresses,
} from './values.js';

const clusterCIDRs: [string, string[] | RegExp][] = [
  ['', []],
  ['10.244.0.0/16', ['10.244.0.0/16']],
  ['10.244.1.2/16', ['10.244.0.0/16']],
  ['10.244.0.0/16,fd00::/48', ['10.244.0.0/16', 'fd00::/48']],
  ['fd00::/48, 10.244.0.0/16', ['fd00::/48', '10.244.0.0/16']],
  ['10.244.0.0', /must be a network/],
  ['10.244.0.0/16,', /must be a network/],
  ['10.244.0.0/16,10.245.0.0/16', /one IPv4 and one IPv6/],
  ['10.244.0.0/16,fd00::/48,fd01::/48', /one IPv4 and one IPv6/],
];

const nodePortAddresses: [string[], string[] | 'primary' | RegExp][] = [
  [[], []],
  [['primary'], 'primary'],
  [
    ['192.168.0.0/16', '::/0'],
    ['192.168.0.0/16', '::/0'],
  ],
  [['primary', '192.168.0.0/16'], /"primary" alone/],
  [['192.168.0.1'], /must be networks/],
  [['Primary'], /must be networks/],
];

const interfaces: [string, boolean][] = [
  ['eth0', true],
  ['cni-podman0.1', true],
  ['a'.repeat(15), true],
  ['a'.repeat(16), false],
  ['', false],
  ['.', false],
  ['..', false],
  ['eth+', false],
  ['eth 0', false],
  ['eth/0', false],
  ['eth:0', false],
  ['eth"0', false],
  ["eth'0", false],
  ['eth\n', false],
  ['eth\u0007', false],
  ['ethä', false],
];

const durations: [string, number | undefined][] = [
  ['0', 0],
  ['0s', 0],
  ['30s', 30],
  ['1m0s', 60],
  ['1h2m3s', 3723],
  ['1.5h', 5400],
  ['.5s', 0.5],
  ['100ms', 0.1],
  ['-5s', -5],
  ['+5s', 5],
  ['30', undefined],
  ['', undefined],
  ['s', undefined],
  ['1d', undefined],
  ['1 s', undefined],
  ['30s ', undefined],
  ['9999999h', undefined],
];

describe('values of KubeProxyConfiguration', () => {
  it.each(clusterCIDRs)('clusterCIDR %j', (text, expected) => {
    const { value, problem } = of(parseClusterCIDRs(text));
    if (Array.isArray(expected)) expect(value?.map((cidr) => cidr.text)).toEqual(expected);
    else expect(problem).toMatch(expected);
  });

  it.each(nodePortAddresses)('nodePortAddresses %j', (list, expected) => {
    const { value, problem } = of(parseNodePortAddresses(list));
    if (expected === 'primary') expect(value).toBe('primary');
    else if (Array.isArray(expected)) expect(value !== 'primary' && value?.map((cidr) => cidr.text)).toEqual(expected);
    else expect(problem).toMatch(expected);
  });

  it.each(interfaces)('interface %j: %s', (text, good) => {
    expect(of(parseInterfaceName(text)).value).toBe(good ? text : undefined);
  });

  it.each(durations)('duration %j is %s seconds', (text, expected) => {
    expect(of(parseDuration(text)).value).toBe(expected);
  });

  it.each([
    ['', ''],
    ['0.0.0.0', '0.0.0.0'],
    ['FD00::1', 'fd00::1'],
    ['x', undefined],
  ])('bindAddress %j', (text, expected) => expect(of(parseBindAddress(text)).value).toBe(expected));
});

function of<T>(parsed: { readonly value: T } | { readonly problem: string }): { value?: T; problem?: string } {
  return parsed;
}
