/**
 * doctor: kernel parameters that decide whether packets of Services get through, except those that a proxy mode sets
 * itself.
 */

import type { Facts } from './facts.js';
import type { Finding } from './finding.js';

/** The parameters to read. */
export const SYSCTLS = [
  'net.ipv4.ip_forward',
  'net.ipv6.conf.all.forwarding',
  'net.ipv4.conf.all.rp_filter',
  'net.bridge.bridge-nf-call-iptables',
  'net.bridge.bridge-nf-call-ip6tables',
  'net.netfilter.nf_conntrack_count',
  'net.netfilter.nf_conntrack_max',
] as const;

/** Findings about single parameters. */
export function sysctlFindings(facts: Facts): readonly Finding[] {
  return [...forwarding(facts), ...reversePath(facts), ...bridges(facts)];
}

function set(name: string, value: number): string {
  return `sysctl -w ${name}=${value}, and a line in /etc/sysctl.d, so that it stays`;
}

function forwarding({ sysctls, interfaces }: Facts): readonly Finding[] {
  const ipv4 = sysctls['net.ipv4.ip_forward'];
  const ipv6 = sysctls['net.ipv6.conf.all.forwarding'];
  const hasIpv6 = interfaces.some(({ families }) => families.includes('ipv6'));
  const finding = (name: string, value: string | undefined): readonly Finding[] => {
    if (value === undefined) return [];
    if (value !== '0') return [{ check: 'forwarding', state: 'ok', message: `${name} is ${value}` }];
    const message = `${name} is 0: no packet gets from or to a pod, and none from a node port to another node`;
    return [{ check: 'forwarding', state: 'problem', message, hint: set(name, 1) }];
  };
  return [...finding('net.ipv4.ip_forward', ipv4), ...(hasIpv6 ? finding('net.ipv6.conf.all.forwarding', ipv6) : [])];
}

/**
 * The kernel uses the larger of an interface's own value and that of `all`, so 2 at either makes a 1 loose
 * (Documentation/networking/ip-sysctl). Only interfaces with an IPv4 address count: network plugins make those of pods
 * strict on purpose.
 */
function reversePath({ sysctls, interfaces }: Facts): readonly Finding[] {
  const name = 'net.ipv4.conf.all.rp_filter';
  const all = sysctls[name];
  if (all === undefined) return [];
  const own = interfaces.filter(
    ({ families, rpFilter, kind, name }) =>
      rpFilter !== undefined && families.includes('ipv4') && kind !== 'dummy' && name !== 'lo',
  );
  const strict = own.filter(({ rpFilter }) => Math.max(Number(all), Number(rpFilter)) === 1).map((each) => each.name);
  const isStrict = own.length === 0 ? all === '1' : strict.length > 0;
  if (!isStrict) return [{ check: 'rp-filter', state: 'ok', message: `no reverse path is strict (${name} is ${all})` }];
  const where = own.length === 0 ? `${name} is 1` : `the reverse path is strict on ${listOf(strict)} (rp_filter is 1)`;
  const message = `${where}: a packet is dropped when its answer would leave by another interface, as on nodes with several`;
  return [{ check: 'rp-filter', state: 'warning', message, hint: `${set(name, 2)}, where that is so` }];
}

function listOf(names: readonly string[]): string {
  return names.length > 4 ? `${names.slice(0, 4).join(', ')} and ${names.length - 4} more` : names.join(', ');
}

const BRIDGE = { ipv4: 'net.bridge.bridge-nf-call-iptables', ipv6: 'net.bridge.bridge-nf-call-ip6tables' } as const;

function bridges({ sysctls, interfaces }: Facts): readonly Finding[] {
  const names = interfaces.filter(({ kind }) => kind === 'bridge').map(({ name }) => name);
  if (names.length === 0) return [{ check: 'bridge', state: 'ok', message: 'no interface is a bridge' }];
  const families = (['ipv4', 'ipv6'] as const).filter(
    (family) => family === 'ipv4' || interfaces.some((each) => each.families.includes(family)),
  );
  return families.map((family): Finding => {
    const name = BRIDGE[family];
    const value = sysctls[name];
    if (value === '1') return { check: 'bridge', state: 'ok', message: `${name} is 1` };
    const is = value === undefined ? 'not there' : `${value}`;
    return {
      check: 'bridge',
      state: 'warning',
      message: `${name} is ${is}: a pod on the bridge ${names.join(', ')} gets no answer from a Service whose endpoint is on it too`,
      hint: `${value === undefined ? 'modprobe br_netfilter; ' : ''}${set(name, 1)}`,
    };
  });
}

/** The share of the table from which there is a warning, and from which it is a problem. */
const NEAR = 0.75;
const FULL = 0.95;

/** Findings about the connection tracking table. */
export function conntrackFindings({ sysctls, unseen }: Facts): readonly Finding[] {
  const max = sysctls['net.netfilter.nf_conntrack_max'];
  const count = sysctls['net.netfilter.nf_conntrack_count'];
  if (max === undefined && count === undefined) {
    // One that is there and cannot be read is among what was not seen.
    if (unseen.some(({ what }) => what.startsWith('net.netfilter.nf_conntrack'))) return [];
    return [{ check: 'conntrack', state: 'ok', message: 'no connection is tracked yet (nf_conntrack is not loaded)' }];
  }
  // A user namespace of its own hides the limit (nf_conntrack_standalone.c).
  if (max === undefined || count === undefined) {
    const name = `net.netfilter.nf_conntrack_${max === undefined ? 'max' : 'count'}`;
    return [
      { check: 'conntrack', state: 'unseen', message: `whether connections fit is not known: there is no ${name}` },
    ];
  }
  // 0 is no limit (Documentation/networking/nf_conntrack-sysctl).
  if (Number(max) === 0)
    return [{ check: 'conntrack', state: 'ok', message: `${count} connections are tracked, without a limit` }];
  const share = Number(count) / Number(max);
  const message = `${count} of ${max} connections are tracked`;
  if (!(share >= NEAR)) return [{ check: 'conntrack', state: 'ok', message }];
  return [
    {
      check: 'conntrack',
      state: share >= FULL ? 'problem' : 'warning',
      message: `${message}: when the table is full, new connections are dropped`,
      hint: `set net.netfilter.nf_conntrack_max to ${2 * Number(max)}`,
    },
  ];
}
