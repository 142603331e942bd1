import { describe, expect, it } from '@jest/globals';
import { parseCidr } from '../ip.js';
import { readSnapshot } from '../read/snapshot.js';
import type { IPFamily, Snapshot } from '../read/types.js';
import { clusterFamilies, familiesOf, familyPolicyOf } from './families.js';

function snapshot(...objects: readonly object[]): Snapshot {
  const { value, diagnostics } = readSnapshot([
    { name: 'x.json', text: JSON.stringify({ kind: 'List', items: objects }) },
  ]);
  expect(diagnostics).toEqual([]);
  return value;
}

const service = (spec: object) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web' },
  spec: { ports: [{ port: 80 }], ...spec },
});

const V4 = ['IPv4'] as const;
const V6 = ['IPv6'] as const;
const V46 = ['IPv4', 'IPv6'] as const;
const V64 = ['IPv6', 'IPv4'] as const;
const DUAL = { clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1', 'fd00::1'] };
const PREFER = { ipFamilyPolicy: 'PreferDualStack' };
const REQUIRE = { ipFamilyPolicy: 'RequireDualStack' };
const SELECTOR = { selector: { app: 'web' } };

describe('familiesOf', () => {
  it.each([
    ['nothing said', {}, V46, V4, 'SingleStack'],
    ['nothing said, and IPv6 is first', {}, V64, V6, 'SingleStack'],
    ['SingleStack', { ipFamilyPolicy: 'SingleStack' }, V46, V4, 'SingleStack'],
    ['a family', { ipFamilies: ['IPv6'] }, V46, V6, 'SingleStack'],
    ['a cluster IP', { clusterIP: 'fd00::1' }, V46, V6, 'SingleStack'],
    ['PreferDualStack', PREFER, V46, V46, 'PreferDualStack'],
    ['PreferDualStack, and IPv6 is first', PREFER, V64, V64, 'PreferDualStack'],
    ['PreferDualStack in a cluster of one family', PREFER, V6, V6, 'PreferDualStack'],
    ['PreferDualStack with a family', { ...PREFER, ipFamilies: ['IPv6'] }, V46, V64, 'PreferDualStack'],
    ['PreferDualStack with a cluster IP', { ...PREFER, clusterIP: 'fd00::1' }, V46, V64, 'PreferDualStack'],
    ['RequireDualStack', REQUIRE, V46, V46, 'RequireDualStack'],
    ['RequireDualStack in a cluster of one family', REQUIRE, V6, V64, 'RequireDualStack'],
    ['two families', { ipFamilies: ['IPv6', 'IPv4'] }, V46, V64, 'RequireDualStack'],
    ['two cluster IPs', DUAL, V64, V46, 'RequireDualStack'],
    ['headless', { clusterIP: 'None', ...SELECTOR }, V46, V4, 'SingleStack'],
    ['headless without selector', { clusterIP: 'None' }, V4, V46, 'RequireDualStack'],
    [
      'headless without selector, with a family',
      { clusterIP: 'None', ipFamilies: ['IPv6'] },
      V4,
      V64,
      'RequireDualStack',
    ],
    [
      'headless without selector, SingleStack',
      { clusterIP: 'None', ipFamilyPolicy: 'SingleStack' },
      V46,
      V4,
      'SingleStack',
    ],
    ['headless without selector, PreferDualStack', { clusterIP: 'None', ...PREFER }, V4, V46, 'PreferDualStack'],
    [
      'headless with selector, PreferDualStack',
      { clusterIP: 'None', ...PREFER, ...SELECTOR },
      V4,
      V4,
      'PreferDualStack',
    ],
  ] as const)('%s', (_, spec, cluster, families, policy) => {
    const [read] = snapshot(service(spec)).services;
    expect(read && familiesOf(read, cluster)).toEqual(families);
    expect(read && familyPolicyOf(read)).toBe(policy);
  });

  it('ExternalName has none', () => {
    const [read] = snapshot(service({ type: 'ExternalName', externalName: 'a.example' })).services;
    expect(read && familiesOf(read, V46)).toEqual([]);
  });
});

describe('clusterFamilies', () => {
  const node = (name: string, ...podCIDRs: string[]) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name },
    spec: { podCIDR: podCIDRs[0], podCIDRs },
  });
  const range = (name: string, ...cidrs: string[]) => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'ServiceCIDR',
    metadata: { name },
    spec: { cidrs },
  });
  const N4 = '10.244.0.0/24';
  const N6 = 'fd00:1::/64';

  it.each<[string, readonly string[], readonly object[], readonly IPFamily[]]>([
    ['nothing is given', [], [], V46],
    ['the flag', ['fd00::/112'], [range('kubernetes', '10.0.0.0/16'), node('a', N4)], V6],
    ['the flag, IPv6 first', ['fd00::/112', '10.0.0.0/16'], [], V64],
    ['a ServiceCIDR', [], [range('kubernetes', '10.0.0.0/16'), node('a', N4, N6)], V4],
    ['ServiceCIDRs, kubernetes first', [], [range('a', '10.0.0.0/16'), range('kubernetes', 'fd00::/112')], V64],
    ['ServiceCIDRs by name', [], [range('b', '10.0.0.0/16'), range('a', 'fd00::/112')], V64],
    ['Nodes', [], [node('a', N4)], V4],
    ['Nodes of both', [], [node('a', N4, N6)], V46],
    ['Nodes of both, IPv6 first', [], [node('a', N6, N4), node('b', N6, N4)], V64],
    ['Nodes that disagree', [], [node('a', N6, N4), node('b', N4, N6)], V46],
    ['a Node without podCIDRs', [], [{ apiVersion: 'v1', kind: 'Node', metadata: { name: 'a' } }], V46],
  ])('%s', (_, flag, objects, expected) => {
    const cidrs = flag.flatMap((text) => parseCidr(text) ?? []);
    expect(clusterFamilies(snapshot(...objects), cidrs)).toEqual(expected);
    expect(clusterFamilies(snapshot(...objects.toReversed()), cidrs)).toEqual(expected);
  });
});
