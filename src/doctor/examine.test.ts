import { describe, expect, it } from '@jest/globals';
import { examine } from './examine.js';
import type { Facts } from './facts.js';
import { parseChains, parseInterfaces, parseListening, parseTables } from './parse.js';

/** A node without problems. */
const FINE: Facts = {
  mode: 'iptables',
  tools: [
    { name: 'iptables', package: 'iptables', installed: true, required: true, version: '1.8.9' },
    { name: 'ipset', package: 'ipset', installed: true, required: false },
    { name: 'conntrack', package: 'conntrack', installed: true, required: false },
  ],
  unseen: [],
  sysctls: {
    'net.ipv4.ip_forward': '1',
    'net.ipv6.conf.all.forwarding': '1',
    'net.ipv4.conf.all.rp_filter': '2',
    'net.bridge.bridge-nf-call-iptables': '1',
    'net.bridge.bridge-nf-call-ip6tables': '1',
    'net.netfilter.nf_conntrack_count': '100',
    'net.netfilter.nf_conntrack_max': '1000',
  },
  processes: [],
  listening: [22],
  interfaces: [
    { name: 'eth0', families: ['ipv4', 'ipv6'] },
    { name: 'cni0', kind: 'bridge', families: ['ipv4'] },
  ],
  rules: [
    { variant: 'nft', family: 'ipv4', ours: 9, drops: [] },
    { variant: 'legacy', family: 'ipv4', ours: 0, drops: [] },
  ],
  variant: 'nft',
  extensions: { missing: [] },
  nftTables: ['ip filter', 'ip nat'],
  nftDrops: [],
  ipvs: { available: true, device: false, servers: 0 },
};

function sysctl(name: string, value: string | undefined): Partial<Facts> {
  const { [name]: _, ...rest } = FINE.sysctls;
  return { sysctls: value === undefined ? rest : { ...rest, [name]: value } };
}

function without(tool: string): Partial<Facts> {
  return { tools: FINE.tools.map((each) => (each.name === tool ? { ...each, installed: false } : each)) };
}

const dropping = (others: number): Partial<Facts> => ({
  rules: [{ variant: 'nft', family: 'ipv4', ours: 9, drops: [{ table: 'filter', chain: 'FORWARD', others }] }],
});

const CASES: readonly (readonly [string, Partial<Facts>, readonly (readonly [string, string, RegExp])[]])[] = [
  ['a node on which all is well', {}, []],
  ['no iptables', without('iptables'), [['tools', 'problem', /^iptables is not installed$/]]],
  ['no ipset, which the mode does without', without('ipset'), []],
  ['no conntrack', without('conntrack'), [['tools', 'warning', /UDP clients/]]],
  ['a match that the kernel lacks', { extensions: { missing: ['recent'] } }, [['kernel', 'problem', /no recent/]]],
  ['rules that are refused', { extensions: { missing: [], refused: 'x' } }, [['kernel', 'problem', /refuses .*: x$/]]],
  [
    'ipvs mode without IPVS',
    { mode: 'ipvs', ipvs: { available: false, device: false, servers: 0 } },
    [['kernel', 'problem', /no IPVS/]],
  ],
  ['no forwarding', sysctl('net.ipv4.ip_forward', '0'), [['forwarding', 'problem', /ip_forward is 0/]]],
  ['no forwarding of IPv6', sysctl('net.ipv6.conf.all.forwarding', '0'), [['forwarding', 'problem', /ipv6\S+ is 0/]]],
  [
    'no forwarding of IPv6 where there is none',
    { ...sysctl('net.ipv6.conf.all.forwarding', '0'), interfaces: [{ name: 'eth0', families: ['ipv4'] }] },
    [],
  ],
  [
    'a strict reverse path',
    sysctl('net.ipv4.conf.all.rp_filter', '1'),
    [['rp-filter', 'warning', /another interface/]],
  ],
  [
    'bridges that pass iptables by',
    sysctl('net.bridge.bridge-nf-call-iptables', '0'),
    [['bridge', 'warning', /is 0: a pod on the bridge cni0/]],
  ],
  [
    'bridges without br_netfilter',
    sysctl('net.bridge.bridge-nf-call-iptables', undefined),
    [['bridge', 'warning', /is not there/]],
  ],
  [
    'no bridge',
    { ...sysctl('net.bridge.bridge-nf-call-iptables', '0'), interfaces: [{ name: 'eth0', families: ['ipv4'] }] },
    [],
  ],
  ['many connections', sysctl('net.netfilter.nf_conntrack_count', '800'), [['conntrack', 'warning', /^800 of 1000/]]],
  [
    'too many connections',
    sysctl('net.netfilter.nf_conntrack_count', '990'),
    [['conntrack', 'problem', /^990 of 1000/]],
  ],
  [
    'no connections',
    { sysctls: Object.fromEntries(Object.entries(FINE.sysctls).filter(([name]) => !name.includes('conntrack'))) },
    [],
  ],
  [
    'a limit of connections that is not known',
    sysctl('net.netfilter.nf_conntrack_max', undefined),
    [['conntrack', 'unseen', /no net\.netfilter\.nf_conntrack_max/]],
  ],
  [
    'a number of connections that is not known',
    sysctl('net.netfilter.nf_conntrack_count', undefined),
    [['conntrack', 'unseen', /no net\.netfilter\.nf_conntrack_count/]],
  ],
  [
    'connections that cannot be read',
    {
      sysctls: Object.fromEntries(Object.entries(FINE.sysctls).filter(([name]) => !name.includes('conntrack'))),
      unseen: [{ what: 'net.netfilter.nf_conntrack_max', why: 'Permission denied' }],
    },
    [['sight', 'unseen', /nf_conntrack_max could not be seen: Permission denied/]],
  ],
  ['no limit of connections', sysctl('net.netfilter.nf_conntrack_max', '0'), []],
  [
    'kube-proxy',
    { processes: [{ pid: 7, name: 'kube-proxy' }], listening: [10256] },
    [['kube-proxy', 'problem', /\(process 7\)/]],
  ],
  ['vipc sync', { processes: [{ pid: 7, name: 'vipc' }], listening: [10256, 10249] }, []],
  ['a port that is taken', { listening: [10249] }, [['kube-proxy', 'warning', /port 10249 is taken/]]],
  [
    'a lock that vipc sync holds',
    { processes: [{ pid: 7, name: 'vipc' }], lock: { path: '/run/vipc/lock', held: true, pid: 7 } },
    [],
  ],
  [
    'a lock that another holds',
    { lock: { path: '/run/vipc/lock', held: true, pid: 8 } },
    [['lock', 'warning', /process 8/]],
  ],
  ['a lock that is free', { lock: { path: '/run/vipc/lock', held: false, pid: 8 } }, []],
  [
    'rules of kube-proxy in the other variant',
    { rules: [{ variant: 'legacy', family: 'ipv4', ours: 3, drops: [] }] },
    [['leftovers', 'problem', /iptables-legacy has rules/]],
  ],
  [
    'nftables mode',
    { nftTables: ['ip kube-proxy', 'ip6 kube-proxy'] },
    [['leftovers', 'problem', /ip kube-proxy and ip6 kube-proxy/]],
  ],
  [
    'ipvs mode',
    { ipvs: { available: true, device: true, servers: 2 } },
    [['leftovers', 'warning', /kube-ipvs0 and 2 virtual servers/]],
  ],
  ['ipvs mode where it is wanted', { mode: 'ipvs', ipvs: { available: true, device: true, servers: 2 } }, []],
  [
    'userspace mode without its relay',
    { rules: [{ variant: 'nft', family: 'ipv4', ours: 9, drops: [], relayed: [22, 12000] }] },
    [['relay', 'problem', /lead to 1 of 2 TCP ports on which nothing listens/]],
  ],
  [
    'userspace mode',
    { mode: 'userspace', rules: [{ variant: 'nft', family: 'ipv4', ours: 9, drops: [], relayed: [22] }] },
    [],
  ],
  ['a policy that drops all', dropping(0), [['policy', 'problem', /FORWARD in iptables-nft is DROP, and no rule/]]],
  ['a policy that drops, and a plugin that accepts', dropping(2), [['policy', 'warning', /by 2 rules of others/]]],
  [
    'a policy of nft',
    { nftDrops: [{ chain: 'inet fw forward', hook: 'forward' }] },
    [['policy', 'warning', /inet fw forward is drop/]],
  ],
];

describe('examine', () => {
  it.each(CASES)('%s', (_, facts, expected) => {
    const found = examine({ ...FINE, ...facts });
    const bad = found.filter(({ state }) => state !== 'ok');
    expect(bad.map(({ check, state }) => [check, state])).toEqual(expected.map(([check, state]) => [check, state]));
    for (const [i, [, , message]] of expected.entries()) expect(bad[i]?.message).toMatch(message);
  });

  it('calls nothing fine that could not be seen', () => {
    const { rules: _, variant: __, extensions: ___, nftTables: ____, ...rest } = FINE;
    const found = examine({ ...rest, unseen: [{ what: 'the rules', why: 'no rights' }] });
    expect(found.filter(({ check }) => ['policy', 'leftovers'].includes(check))).toEqual([]);
    expect(found).toContainEqual({
      check: 'sight',
      state: 'unseen',
      message: 'the rules could not be seen: no rights',
    });
  });
});

describe('parse', () => {
  it('ports that are listened on', () => {
    const text = `  sl  local_address rem_address   st
   0: 0100007F:2809 00000000:0000 0A 00000000:00000000
   1: 0100007F:2810 0100007F:0016 01 00000000:00000000
   0: 00000000000000000000000000000000:2810 00000000000000000000000000000000:0000 0A 00000000:00000000
`;
    expect(parseListening(text)).toEqual([10249, 10256]);
  });

  it('interfaces', () => {
    const links = [
      { ifname: 'lo', addr_info: [{ family: 'inet', scope: 'host' }] },
      { ifname: 'cni0', linkinfo: { info_kind: 'bridge' }, addr_info: [{ family: 'inet', scope: 'global' }] },
      {
        ifname: 'eth0',
        addr_info: [
          { family: 'inet6', scope: 'link' },
          { family: 'inet6', scope: 'global' },
        ],
      },
    ];
    expect(parseInterfaces(JSON.stringify(links))).toEqual([
      { name: 'lo', families: [] },
      { name: 'cni0', kind: 'bridge', families: ['ipv4'] },
      { name: 'eth0', families: ['ipv6'] },
    ]);
    for (const text of ['', '{}', '[null, 1]']) expect(() => parseInterfaces(text)).not.toThrow();
  });

  it('tables and chains of nft', () => {
    expect(parseTables('table ip kube-proxy\ntable inet fw\n')).toEqual(['ip kube-proxy', 'inet fw']);
    const chains = `table ip filter {
	chain FORWARD {
		type filter hook forward priority filter; policy drop;
	}
}
table inet fw {
	chain in {
		type filter hook input priority filter; policy accept;
	}
	chain forward {
		type filter hook forward priority filter; policy drop;
	}
	chain other {
	}
}
`;
    expect(parseChains(chains)).toEqual([{ chain: 'inet fw forward', hook: 'forward' }]);
  });
});
