/**
 * Strict reverse paths: the kernel uses the larger of conf.all and conf.IFACE (Documentation/networking/ip-sysctl).
 */
import { expect, it } from '@jest/globals';
import type { Facts, Interface } from './facts.js';
import { sysctlFindings } from './sysctls.js';

const NAME = 'net.ipv4.conf.all.rp_filter';
const inner = (name: string, rpFilter: string): Interface => ({ name, families: ['ipv4'], rpFilter });

it.each<readonly [string, string, readonly Interface[], RegExp | undefined]>([
  ['none', '0', [inner('eth0', '0')], undefined],
  ['of an interface', '0', [inner('eth0', '1')], /strict on eth0 /],
  ['of all', '1', [inner('eth0', '0')], /strict on eth0 /],
  ['of all, and no interface is known', '1', [], /all\.rp_filter is 1/],
  ['of an interface, loose for all', '2', [inner('eth0', '1')], undefined],
  ['of all, loose on the interface', '1', [inner('eth0', '2')], undefined],
  ['of one of two', '0', [inner('eth0', '1'), inner('eth1', '0')], /strict on eth0 /],
  ['of both', '1', [inner('eth0', '1'), inner('eth1', '0')], /strict on eth0, eth1 /],
  ['of an interface of a pod', '0', [{ name: 'cali0', families: [], rpFilter: '1' }, inner('eth0', '0')], undefined],
  ['of a dummy', '0', [{ ...inner('kube-ipvs0', '1'), kind: 'dummy' }, inner('eth0', '0')], undefined],
])('a strict reverse path: %s', (_, all, interfaces, expected) => {
  const facts = { sysctls: { [NAME]: all }, interfaces, unseen: [] } as unknown as Facts;
  const found = sysctlFindings(facts).filter(({ check }) => check === 'rp-filter');
  expect(found.map(({ state }) => state)).toEqual([expected ? 'warning' : 'ok']);
  expect(found[0]?.message).toMatch(expected ?? /^no reverse path is strict/);
});
