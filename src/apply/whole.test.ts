/**
 * Whole: an answer that is cut, junk or missing where there is something is an error, and only what a node does not have
 * is nothing.
 */
import { describe, expect, it } from '@jest/globals';
import { type Answer, CRASHED, fakeNode, HEALTHY, MISSING } from '../testing/node/fake-node.js';
import { detect, features } from '../tools/iptables/variants.js';
import type { DesiredState } from '../tools/tools.js';
import { readMachine, readState } from './read.js';

const NFT = { variant: 'nft', program: { ipv4: 'iptables-nft', ipv6: 'ip6tables-nft' } } as const;
const LEGACY = { variant: 'legacy', program: { ipv4: 'iptables-legacy', ipv6: 'ip6tables-legacy' } } as const;
const IPVS: DesiredState = {
  ipset: [],
  ipvs: { virtualServers: [] },
  addresses: { device: 'kube-ipvs0', addresses: [] },
  sysctl: { 'net.ipv4.ip_forward': 1 },
};
const NOTHING: DesiredState = {};

type Answers = Readonly<Record<string, Answer | readonly Answer[]>>;

const text = (name: string) => String(HEALTHY[name]);
const SAVE = text('iptables-nft-save');
const lines = (count: number) => `${SAVE.split('\n').slice(0, count).join('\n')}\n`;
const fails = (code: number, stderr: string): Answer => ({ code, stderr });

/** What an old nft still lists. */
const CHAINS = ['ip filter', 'ip nat', 'ip6 filter', 'ip6 nat', 'ip kube-proxy']
  .map((name) => `table ${name} {\n\tchain services {\n\t}\n}\n`)
  .join('');

const TROUBLE: readonly [string, Answers, RegExp][] = [
  ['rules that end in a table', { 'iptables-nft-save': lines(4) }, /has no COMMIT/],
  ['rules that end behind a COMMIT', { 'iptables-nft-save': lines(6) }, /no "# Completed"/],
  ['rules that end in a line', { 'iptables-nft-save': SAVE.slice(0, -9) }, /the end of its output is missing/],
  ['rules that end behind a table', { 'iptables-nft-save': lines(7) }, /leaves out table nat, which is there/],
  ['no rules where there are some', { 'iptables-nft-save': '' }, /leaves out table filter, which is there/],
  [
    'no rules where there are some, and no nft',
    { 'iptables-nft-save': '', 'nft list tables': MISSING, 'iptables-nft -t nat -S': '-N KUBE-SERVICES\n' },
    /leaves out table nat, which is there/,
  ],
  ['junk for rules', { 'iptables-nft-save': 'Segmentation fault\n' }, /line 1: not a line of iptables-save/],
  ['junk among rules', { 'iptables-nft-save': SAVE.replace('COMMIT', 'junk\nCOMMIT') }, /not a line of iptables-save/],
  ['rules that fail', { 'iptables-nft-save': fails(1, 'Parsing nftables rule failed\n') }, /Parsing nftables rule/],
  ['rules without an answer in time', { 'iptables-nft-save': fails(124, 'no answer within 120 s\n') }, /no answer/],
  ['rules that crash', { 'iptables-nft-save': CRASHED }, /SIGSEGV/],
  ['rules that need root', { 'iptables-nft-save': fails(4, 'Operation not permitted\n') }, /this needs root/],
  [
    'a table of ours that iptables cannot show',
    {
      'iptables-nft-save': `# Table \`filter' is incompatible, use 'nft' tool.\n${SAVE.slice(SAVE.indexOf('# Generated', 1))}`,
    },
    /table filter holds nft rules that iptables cannot show.*nft list table ip filter/,
  ],
  [
    'IPv6 rules that fail',
    { 'ip6tables-nft-save': fails(1, 'Resource temporarily unavailable\n') },
    /ip6tables-nft-save: R/,
  ],
  ['IPv6 rules that crash', { 'ip6tables-nft-save': CRASHED }, /ip6tables-nft-save/],
  [
    'IPv6 rules that are not executable',
    { 'ip6tables-nft-save': fails(126, 'not executable\n') },
    /ip6tables-nft-save/,
  ],
  ['no IPv6 rules where there are some', { 'ip6tables-nft-save': '' }, /ip6tables-nft-save leaves out table filter/],
  ['tables that fail', { 'nft list tables': fails(1, 'netlink: Error: Device busy\n') }, /nft list tables: netlink/],
  ['no tables where there are some', { 'nft list tables': '' }, /nft list tables leaves out table ip filter/],
  ['tables that crash', { 'nft list tables': CRASHED, 'nft list chains': CRASHED }, /nft crashes/],
  ['junk for tables', { 'nft list tables': 'no\n' }, /nft list tables prints something/],
  ['sets that end in a line', { 'ipset save': text('ipset save').slice(0, -9) }, /ipset save: the end of its output/],
  [
    'sets that end before a member',
    { 'ipset save': `${text('ipset save').split('\n')[0]}\n` },
    /members of KUBE-CLUSTER-IP/,
  ],
  ['no sets where there are some', { 'ipset save': '' }, /ipset save leaves out members of KUBE-CLUSTER-IP/],
  ['junk for sets', { 'ipset save': 'x\n' }, /ipset save prints something/],
  ['junk for the list of sets', { 'ipset list -terse': 'x\n' }, /ipset list -terse prints something/],
  ['sets that fail', { 'ipset save': fails(1, 'Kernel error received: Operation not permitted\n') }, /needs root/],
  ['no virtual servers where there are some', { 'ipvsadm --save -n': '' }, /do not agree/],
  ['no real servers where there are some', { 'ipvsadm --save -n': '-A -t 10.96.0.1:80 -s rr\n' }, /do not agree/],
  ['virtual servers that fail', { 'ipvsadm --save -n': fails(2, 'Protocol not available\n') }, /ipvsadm --save -n: P/],
  ['virtual servers that end in a line', { 'ipvsadm --list -n': 'TCP  10.96' }, /the end of its output/],
  ['junk for virtual servers', { 'ipvsadm --save -n': 'x\n' }, /ipvsadm --save prints something/],
  ['junk for connections', { 'ipvsadm --list -n': 'x\n' }, /ipvsadm --list prints something/],
  ['junk for timeouts', { 'ipvsadm --list --timeout': 'x\n' }, /prints no timeouts/],
  ['addresses that end early', { 'ip -json': '[{"ifname":"lo"},{"ifn\n' }, /ip address prints something/],
  ['no addresses', { 'ip -json': '' }, /prints no device/],
  ['an empty list of addresses', { 'ip -json': '[]\n' }, /prints no device/],
  ['addresses that fail', { 'ip -json': fails(255, 'Option "-json" is unknown\n') }, /Option "-json" is unknown/],
  ['junk for kernel parameters', { 'sysctl -e': 'x\n' }, /sysctl prints something/],
  ['kernel parameters that fail', { 'sysctl -e': fails(255, 'permission denied on key\n') }, /needs root/],
];

describe('an answer that is not whole is trouble', () => {
  it.each(TROUBLE)('%s', async (_, answers, expected) => {
    await expect(readState(fakeNode(answers), { iptables: NFT }, IPVS)).rejects.toThrow(expected);
  });

  it.each<[string, Answers, RegExp]>([
    ['no host name', { 'uname -n': '\n' }, /uname -n prints no host name/],
    ['two host names', { 'uname -n': 'a\nb\n' }, /uname -n prints no host name/],
    ['a host name that fails', { 'uname -n': fails(1, 'no\n') }, /uname -n: no/],
  ])('%s', async (_, answers, expected) => {
    await expect(readMachine(fakeNode(answers))).rejects.toThrow(expected);
  });

  it.each<[string, Answer, RegExp]>([
    ['no version', '', /prints no version/],
    ['a version that fails', fails(1, 'no\n'), /--version: no/],
  ])('%s', async (_, answer, expected) => {
    await expect(features(fakeNode({ 'iptables-nft-restore --version': answer }).run, NFT)).rejects.toThrow(expected);
  });

  it.each<[string, Answer, boolean]>([
    ['has it', '', true],
    ['has no module', fails(2, "Couldn't load match `bpf':No such file or directory\n"), false],
    ['has no revision', fails(2, 'Warning: Extension bpf revision 0 not supported, missing kernel module?\n'), false],
  ])('the match bpf: a node that %s', async (_, answer, bpf) => {
    const { run } = fakeNode({ 'iptables-nft-restore --test': answer });
    expect(await features(run, NFT)).toEqual({ randomFully: true, bpf });
  });

  it('a trial of bpf that fails for another reason', async () => {
    const { run } = fakeNode({ 'iptables-nft-restore --test': fails(4, 'Another app is holding the xtables lock\n') });
    await expect(features(run, NFT)).rejects.toThrow(/--test: Another app/);
  });

  it('legacy rules that the kernel has, and iptables-save does not tell', async () => {
    const host = fakeNode({ 'cat /proc/net/ip_tables_names': 'mangle\nnat\n' });
    await expect(readState(host, { iptables: LEGACY }, NOTHING)).rejects.toThrow(
      'iptables-legacy-save leaves out table nat',
    );
  });

  it.each(TROUBLE.filter(([about]) => / rules|rules that|for rules|table of ours/.test(about)))(
    'detection says so of %s',
    async (_, answers, expected) => {
      const [nft, legacy] = await detect(fakeNode(answers).run);
      expect(nft?.unreadable).toMatch(expected);
      expect(legacy).toMatchObject({ iptables: { variant: 'legacy' } });
      expect(legacy?.unreadable).toBeUndefined();
    },
  );
});

describe('what a node does not have is nothing', () => {
  const NO_NFT_KERNEL = fails(1, 'Failed to initialize nft: Protocol not supported\n');
  it.each<[string, DesiredState, Answers, object]>([
    [
      'all is there',
      IPVS,
      {},
      { iptables: [{ family: 'ipv4' }, { family: 'ipv6' }], sysctl: { 'net.ipv4.ip_forward': 1 } },
    ],
    ['no ip6tables', IPVS, { 'ip6tables-nft-save': MISSING }, { iptables: [{ family: 'ipv4' }] }],
    [
      'no IPv6 in the kernel',
      IPVS,
      { 'ip6tables-nft-save': fails(3, "can't initialize ip6tables table `filter': Address family not supported\n") },
      { iptables: [{ family: 'ipv4' }] },
    ],
    [
      'no tables at all',
      NOTHING,
      { 'iptables-nft-save': '', 'ip6tables-nft-save': '', 'nft list tables': '' },
      { iptables: [{ tables: [] }, { tables: [] }], nft: [] },
    ],
    [
      'tables of which the first read comes too early',
      NOTHING,
      { 'iptables-nft-save': ['', SAVE] },
      { iptables: [{ tables: [{ name: 'filter' }, { name: 'nat' }] }, {}] },
    ],
    ['no ipset', NOTHING, { 'ipset save': MISSING }, { ipset: { sets: [], others: [] } }],
    [
      'no sets in the kernel',
      NOTHING,
      { 'ipset save': fails(1, 'Cannot open session to kernel.\n') },
      { ipset: { sets: [] } },
    ],
    ['no IPVS', NOTHING, { 'test -e': fails(1, '') }, { ipvs: { saved: { virtualServers: [] } } }],
    [
      'no ipvsadm',
      NOTHING,
      { 'test -e': '', 'ipvsadm --version': MISSING },
      { ipvs: { saved: { virtualServers: [] } } },
    ],
    ['no nftables in the kernel', NOTHING, { 'nft list tables': NO_NFT_KERNEL }, { nft: [] }],
    ['neither nft nor nftables', NOTHING, { 'nft list tables': MISSING, 'grep -q': fails(1, '') }, { nft: [] }],
    [
      'tables that an nft lists with flowtables',
      NOTHING,
      {
        'nft list flowtables': CHAINS.replace('chain services', 'flowtable f'),
        'nft list tables': CRASHED,
        'nft list table ip kube-proxy': 'table ip kube-proxy {\n}\n',
      },
      { nft: [{ family: 'ip', name: 'kube-proxy', sets: [], chains: [] }] },
    ],
    [
      'an nft that crashes, but for chains',
      NOTHING,
      { 'nft list tables': CRASHED, 'nft list chains': CHAINS },
      { nft: [{ family: 'ip', name: 'kube-proxy', sets: [], chains: [] }] },
    ],
  ])('%s', async (_, desired, answers, expected) => {
    expect(await readState(fakeNode(answers), { iptables: NFT }, desired)).toMatchObject(expected);
  });

  it('but tables are unknown where nft is missing', async () => {
    const answers = { 'test -e': fails(1, ''), 'nft list tables': MISSING, 'grep -q': '' };
    expect((await readState(fakeNode(answers), { iptables: NFT }, NOTHING)).nft).toBeUndefined();
  });

  it.each<[string, Answers, readonly string[]]>([
    ['both variants', {}, ['nft', 'legacy']],
    ['no iptables-legacy', { 'iptables-legacy-save': MISSING }, ['nft']],
    ['no nftables', { 'iptables-nft-save': NO_NFT_KERNEL }, ['legacy']],
    [
      'no legacy tables',
      { 'iptables-legacy-save': fails(1, "can't initialize iptables table `filter': Table does not exist\n") },
      ['nft'],
    ],
  ])('detection finds %s', async (_, answers, variants) => {
    const found = await detect(fakeNode(answers).run);
    expect(found.map(({ iptables }) => iptables.variant)).toEqual(variants);
    expect(found.flatMap(({ unreadable }) => unreadable ?? [])).toEqual([]);
  });
});
