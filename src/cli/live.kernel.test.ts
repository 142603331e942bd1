/**
 * diff --live, apply and cleanup in cases where they could easily report too little: moved rules, nftables mode, nft
 * rules that iptables cannot express.
 */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import type { Host } from '../apply/host.js';
import { ROOT } from '../testing/cases/cases.js';
import { VARIANTS } from '../testing/machine/kernel.js';
import { succeeded } from '../testing/machine/netns.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { sample } from '../testing/run/extent.js';
import { onNode } from '../testing/run/on-node.js';

const WEB = `${ROOT}fixtures/tour/web/cluster.yaml`;
const NFTABLES_MODE = readFileSync(`${ROOT}fixtures/conformance/nodeport/kube-proxy/kube-proxy.nft`, 'utf8');

const directory = mkdtempSync(join(tmpdir(), 'vipc-'));
afterAll(() => rmSync(directory, { recursive: true }));

const describeKernel = await describeInKernel();

const JUMP = '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES';

/** The change to a table, where it is shown, and how many lines are added and removed. */
const MOVES: readonly [string, string, string, string, number, number][] = [
  ['a jump behind a verdict', 'nat', '-I PREROUTING -p tcp --dport 30080 -j ACCEPT', 'PREROUTING', 1, 1],
  ['a jump twice', 'nat', JUMP, 'PREROUTING', 0, 1],
  [
    'jumps in another order',
    'filter',
    '-D FORWARD 1\n-A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL',
    'FORWARD',
    1,
    1,
  ],
  ['jumps behind a verdict on all', 'filter', '-I OUTPUT 3 -j ACCEPT', 'OUTPUT', 1, 1],
  [
    'rules of ours in another order',
    'nat',
    '-I KUBE-POSTROUTING -j MASQUERADE --random-fully\n-D KUBE-POSTROUTING 4',
    'KUBE-POSTROUTING',
    0,
    0,
  ],
];

describeKernel.each(sample(VARIANTS, 1, 'live'))('what moves is told, iptables-%s', (variant) => {
  // Every other row is tested with IPv6; the other variant tests the rest with it.
  const rows = MOVES.map(
    (row, i) => [(i + VARIANTS.indexOf(variant)) % 2 === 0 ? 'iptables' : 'ip6tables', ...row] as const,
  );

  it.each(sample(rows, 1, variant, 2))('%s: %s', (tool, _, table, act, chain, added, removed) =>
    onNode(variant, async (run, host) => {
      await run('apply', WEB);
      const restore = [`${tool}-${variant}-restore`, '--noflush', '--wait=60'];
      succeeded(await host.run(restore, `*${table}\n${act}\nCOMMIT\n`), 'third party');

      const differs = await run('diff', '--live', '--format', 'json', WEB);
      const { same, changes } = JSON.parse(differs.stdout) as { same: boolean; changes: Record<string, string[]>[] };
      expect({ code: differs.code, same }).toEqual({ code: 1, same: false });
      expect(changes.map(({ what }) => what)).toEqual([`${tool} ${table} ${chain}`]);
      const counts = changes.map((change) => [change['added']?.length, change['removed']?.length]);
      // A row of 0 and 0 reorders kube-proxy's three rules, shown in as few lines as possible.
      if (added + removed > 0) expect(counts).toEqual([[added, removed]]);

      const dry = await run('apply', '--dry-run', WEB);
      expect(dry.stdout).toContain(`### ${tool}-${variant}-restore`);
      const applied = await run('apply', '-v', WEB);
      const told = await run('diff', '--live', WEB);
      expect({ code: applied.code, stderr: applied.stderr }).toEqual({
        code: 0,
        stderr: expect.stringMatching(/^applied: lines of no Service: \d lines? added, \d removed\n$/) as never,
      });
      expect(applied.stdout).toContain(`\n(no Service)\n  ${tool} ${table} ${chain}\n`);
      expect(told).toEqual({ code: 0, stdout: '', stderr: 'no difference\n' });
    }),
  );
});

describeKernel.each(sample(VARIANTS, 1, 'mode', 1))('a node of nftables mode, iptables-%s', (variant) => {
  it('diff says so, apply and cleanup remove its tables and no others', () =>
    onNode(variant, async (run, host) => {
      const load = () =>
        host.run(['nft', '-f', '-'], `${NFTABLES_MODE}\nadd table inet kube-proxy\nadd table ip others\n`);
      const tables = async () =>
        (await host.run(['nft', 'list', 'tables'])).stdout.match(/^table \w+ (?:kube|oth).*$/gm);
      const others = ['table inet kube-proxy', 'table ip others'];
      succeeded(await load(), 'nft');
      const differs = await run('diff', '--live', WEB);
      expect(differs.code).toBe(1);
      expect(differs.stdout).toContain('  nft\n    - table ip kube-proxy\n    - table ip6 kube-proxy\n');
      expect(differs.stderr).toContain('warning: rules of nftables mode act here: table ip kube-proxy, table ip6');
      const dry = await run('apply', '--dry-run', WEB);
      expect(dry.stdout).toMatch(/\n### nft -f -\ndelete table ip kube-proxy\ndelete table ip6 kube-proxy\n$/);
      expect(await run('apply', WEB)).toMatchObject({ code: 0, stderr: expect.stringContaining('nftables mode') });
      expect(await tables()).toEqual(others);
      expect((await run('diff', '--live', WEB)).code).toBe(0);
      succeeded(await load(), 'nft');
      expect(await run('cleanup')).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('- table ip6 kube-proxy\n'),
      });
      expect(await tables()).toEqual(others);
      expect(await run('cleanup')).toEqual({ code: 0, stdout: '', stderr: 'nothing to remove\n' });
      // Tables of vipc's own layout are nobody else's.
      expect((await run('apply', '--mode', 'nftables', WEB)).code).toBe(0);
      expect(await run('apply', WEB)).toEqual({
        code: 0,
        stdout: '',
        stderr: expect.stringMatching(/^(?:note: .*\n)*applied: .*\n$/),
      });
    }));
});

describeKernel('rules of nft that iptables shows as less than they are', () => {
  const nft = async (host: Host, ...lines: readonly string[]) =>
    succeeded(await host.run(['nft', '-f', '-'], lines.map((line) => `${line}\n`).join('')), 'nft');

  it.each(
    sample(['ip saddr @some accept', 'tcp dport { 80, 443 } accept', 'tcp dport vmap { 22: drop, 23: accept }'], 1),
  )('our jump stays behind %s', (rule) =>
    onNode('nft', async (run, host) => {
      await run('apply', WEB);
      await nft(host, 'add set ip nat some { type ipv4_addr; }', `insert rule ip nat PREROUTING ${rule}`);
      succeeded(await host.run(['iptables-nft', '-t', 'nat', '-A', 'PREROUTING', '-j', 'KUBE-SERVICES']), 'iptables');
      const differs = await run('diff', '--live', WEB);
      // One rule of ours is a duplicate and is removed; foreign rules before ours stay there.
      expect(differs).toMatchObject({ code: 1, stdout: expect.stringContaining('0 lines added, 1 removed') });
      expect(differs.stderr).toContain(
        'nft rules that look up sets, a condition that iptables does not show: -A PREROUTING',
      );
      expect((await run('apply', WEB)).code).toBe(0);
      const chain = (await host.run(['nft', 'list', 'chain', 'ip', 'nat', 'PREROUTING'])).stdout;
      expect(chain.indexOf(rule.slice(0, 8))).toBeLessThan(chain.indexOf('jump KUBE-SERVICES'));
      expect((await run('diff', '--live', WEB)).code).toBe(0);
      expect((await run('cleanup')).code).toBe(0);
      expect((await host.run(['nft', 'list', 'chain', 'ip', 'nat', 'PREROUTING'])).stdout).toContain(rule.slice(0, 8));
    }),
  );

  it.each(sample(['ct state new accept', 'fib daddr type local drop'], 1))(
    'a table with %s is left alone, as a whole',
    (rule) =>
      onNode('nft', async (run, host) => {
        await run('apply', WEB);
        await nft(host, `add rule ip filter INPUT ${rule}`);
        const before = (await host.run(['nft', 'list', 'ruleset'])).stdout;
        for (const argv of [['apply', WEB], ['diff', '--live', WEB], ['cleanup']]) {
          expect(await run(...argv)).toMatchObject({
            code: 2,
            stderr: expect.stringContaining('iptables cannot show'),
          });
        }
        expect((await host.run(['nft', 'list', 'ruleset'])).stdout).toBe(before);
      }),
  );
});
