/**
 * The order of a plan: new state exists before anything leads to it, old state goes after nothing leads to it any more.
 */
import { describe, expect, it } from '@jest/globals';
import type { Options } from '../options.js';
import { compileState } from '../pipeline.js';
import { SMALL_OPTIONS, type SmallService, smallCluster } from '../testing/cases/small-cluster.js';
import type { Table } from '../tools/nft/types.js';
import type { Step } from '../tools/tool.js';
import type { DesiredState, ObservedState } from '../tools/tools.js';
import { assume } from './assume.js';
import { EMPTY_STATE, plan } from './plan.js';

const EMPTY: ObservedState = {
  iptables: [
    { family: 'ipv4', tables: [] },
    { family: 'ipv6', tables: [] },
  ],
  addresses: [{ name: 'eth0', addresses: [{ ip: '192.168.7.2', prefix: 24, family: 'ipv4', scope: 'global' }] }],
};

const TABLES: readonly Table[] = [
  { family: 'ip', name: 'kube-proxy', sets: [], chains: [] },
  { family: 'inet', name: 'kube-proxy', sets: [], chains: [] },
  { family: 'ip', name: 'nat', sets: [], chains: [] },
  { family: 'ip6', name: 'kube-proxy', sets: [], chains: [] },
];

const WEB: SmallService = { name: 'web', number: 1, ready: ['pod1', 'remote'] };
const OTHER: SmallService = { name: 'other', number: 2, ready: ['pod1'] };
const NONE: SmallService = { name: 'web', number: 1 };

function state(mode: string, services: readonly SmallService[], options: Partial<Options['ipvs']> = {}): DesiredState {
  const ipvs = { ...SMALL_OPTIONS.ipvs, ...options };
  const { value } = compileState(smallCluster(services), { ...SMALL_OPTIONS, mode, ipvs }, {});
  if (!value) throw new Error('the small cluster does not compile');
  return value.desired;
}

/** A node on which `there` was programmed. */
function nodeWith(there: DesiredState): ObservedState {
  return assume(EMPTY, there);
}

const steps = (observed: ObservedState, desired: DesiredState): readonly Step[] =>
  plan(observed, desired, { excludeCIDRs: [], chainsPerCommit: 300 }).steps;

/** A step as its tool, and whether it adds, removes or both. */
function named({ program, input }: Step): string {
  const verbs = new Set(
    input.map(({ text }) =>
      text
        .split(' ')
        .slice(0, program === 'ip' ? 2 : 1)
        .join(' '),
    ),
  );
  const adds = [...verbs].some((verb) => /^(create|add|link add|address add|-A|-a|:.*|-I)$/.test(verb));
  const removes = [...verbs].some((verb) => /^(destroy|del|link delete|address delete|-D|-d|-X)$/.test(verb));
  const tables = [...verbs].filter((verb) => verb.startsWith('*'));
  return [program, ...(adds ? ['+'] : []), ...(removes ? ['-'] : []), ...tables].join(' ');
}

const ROWS: readonly [string, ObservedState, DesiredState, readonly string[]][] = [
  ['the same, ipvs', nodeWith(state('ipvs', [WEB])), state('ipvs', [WEB]), []],
  ['nothing, cleaned up', EMPTY, EMPTY_STATE, []],
  [
    'nothing → ipvs',
    EMPTY,
    state('ipvs', [WEB]),
    ['ipset +', 'ip +', 'iptables + *filter *nat', 'ip6tables + *filter *nat', 'sysctl', 'ipvsadm +', 'ip +'],
  ],
  ['a Service comes', nodeWith(state('ipvs', [WEB])), state('ipvs', [WEB, OTHER]), ['ipset +', 'ipvsadm +', 'ip +']],
  ['a Service goes', nodeWith(state('ipvs', [WEB, OTHER])), state('ipvs', [WEB]), ['ip -', 'ipvsadm -', 'ipset -']],
  [
    'one comes, one goes',
    nodeWith(state('ipvs', [WEB])),
    state('ipvs', [OTHER]),
    ['ipset +', 'ipvsadm +', 'ip + -', 'ipvsadm -', 'ipset -'],
  ],
  [
    'the last endpoint goes',
    nodeWith(state('ipvs', [WEB])),
    state('ipvs', [NONE]),
    ['ipvsadm -', 'iptables + *nat', 'ip6tables + *nat', 'ipset -'],
  ],
  [
    'iptables → ipvs',
    nodeWith(state('iptables', [WEB])),
    state('ipvs', [WEB]),
    [
      'ipset +',
      'ip +',
      // Jumps to old chains are deleted and put before the new ones.
      'iptables + - *filter *nat',
      'ip6tables + - *filter *nat',
      'sysctl',
      'ipvsadm +',
      'ip +',
      'iptables + - *nat *filter',
      'ip6tables + - *nat *filter',
    ],
  ],
  [
    'ipvs → iptables',
    nodeWith(state('ipvs', [WEB])),
    state('iptables', [WEB]),
    [
      'iptables + *filter *nat',
      'ip6tables + *filter *nat',
      'sysctl',
      'ip -',
      'ipvsadm -',
      'iptables + - *nat *filter',
      'ip6tables + - *nat *filter',
      'ipset -',
    ],
  ],
  [
    'ipvs, cleaned up',
    nodeWith(state('ipvs', [WEB])),
    EMPTY_STATE,
    ['ip -', 'ipvsadm -', 'iptables + - *nat *filter', 'ip6tables + - *nat *filter', 'ipset -'],
  ],
  [
    'nothing → iptables, in one input',
    EMPTY,
    state('iptables', [WEB]),
    ['iptables + *filter *nat', 'ip6tables + *filter *nat', 'sysctl'],
  ],
  // The rules of nftables mode serve until those of this mode do.
  [
    'nftables mode → iptables',
    { ...EMPTY, nft: TABLES },
    state('iptables', [WEB]),
    ['iptables + *filter *nat', 'ip6tables + *filter *nat', 'sysctl', 'nft'],
  ],
  [
    'nftables mode → ipvs',
    { ...EMPTY, nft: TABLES },
    state('ipvs', [WEB]),
    ['ipset +', 'ip +', 'iptables + *filter *nat', 'ip6tables + *filter *nat', 'sysctl', 'ipvsadm +', 'ip +', 'nft'],
  ],
  ['nftables mode, cleaned up', { ...EMPTY, nft: TABLES }, EMPTY_STATE, ['nft']],
];

describe('plan', () => {
  it.each(ROWS)('%s', (_, observed, desired, expected) => {
    expect(steps(observed, desired).map(named)).toEqual(expected);
  });

  it.each([
    ['iptables', 'ipvs', /-j KUBE-NODEPORTS/],
    ['ipvs', 'iptables', /-j KUBE-NODEPORTS/],
  ])('%s → %s: both lead to the Service meanwhile, and address translation wins', (from, to, dnat) => {
    const [first] = steps(nodeWith(state(from, [WEB])), state(to, [WEB])).filter(
      ({ program }) => program === 'iptables',
    );
    const nat = first?.input.map(({ text }) => text) ?? [];
    const services = nat.slice(nat.indexOf('*nat')).filter((text) => text.startsWith('-A KUBE-SERVICES '));
    const places = [dnat, /--match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT/].map((rule) =>
      services.findIndex((text) => rule.test(text)),
    );
    expect(places[0]).toBeGreaterThanOrEqual(0);
    expect(places[1]).toBeGreaterThan(places[0] as number);
  });

  it('a device that goes takes its addresses along', () => {
    const [, , , ip] = steps(nodeWith(state('ipvs', [WEB])), state('iptables', [WEB]));
    expect(ip).toMatchObject({ program: 'ip', input: [{ text: 'link delete kube-ipvs0' }] });
  });

  it('of the tables of nftables those of kube-proxy go', () => {
    const [nft] = steps({ ...EMPTY, nft: TABLES }, EMPTY_STATE);
    const input = ['ip', 'ip6'].map((family) => ({ text: `delete table ${family} kube-proxy` }));
    expect(nft).toMatchObject({ tool: 'nft', input });
  });

  it('excluded virtual servers stay', () => {
    const excludeCIDRs = SMALL_OPTIONS.clusterCIDRs.map((cidr) => ({ ...cidr, bytes: [10, 0, 0, 0], prefix: 8 }));
    const found = plan(nodeWith(state('ipvs', [WEB])), state('ipvs', []), { excludeCIDRs, chainsPerCommit: 300 });
    const gone = found.differences.ipvs?.servers.map(({ service }) => service);
    expect(gone).not.toContain('-t 10.96.1.1:80');
    expect(gone).toContain('-t 203.0.113.1:80');
  });
});
