/**
 * vipc explain --live on nodes that are network namespaces: correct rules, a missing rule, a foreign rule that stops
 * packets.
 */
import { expect, it } from '@jest/globals';
import type { Explanation } from '../explain/types.js';
import { ROOT } from '../testing/cases/cases.js';
import { VARIANTS } from '../testing/machine/kernel.js';
import { succeeded } from '../testing/machine/netns.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { sample } from '../testing/run/extent.js';
import { onNode } from '../testing/run/on-node.js';

const WEB = `${ROOT}fixtures/tour/web/cluster.yaml`;

const describeKernel = await describeInKernel();

/** Name, shell script to run on the node after apply, expected codes of problems, and a pattern of one message. */
const ROWS: readonly [string, string, readonly string[], RegExp][] = [
  ['right rules', 'true', [], /^$/],
  ['a rule that is missing', 'iptables -t nat -F VIPC-NODEPORTS', ['rules-differ'], /[1-9]\d* lines? of it differ/],
  [
    'a rule of others',
    'iptables -I FORWARD -d 10.244.0.0/16 -j DROP',
    ['foreign-rule'],
    /stops packets to 10\.96\.0\.41 80 \(pod on this node.*: -A FORWARD -d 10\.244\.0\.0\/16 -j DROP \(table filter\)/,
  ],
  ['a policy', 'iptables -P FORWARD DROP', ['foreign-rule', 'policy'], /-P FORWARD DROP \(table filter\)/],
  [
    'Docker’s chain',
    'iptables -N DOCKER-USER; iptables -A DOCKER-USER -p tcp --dport 8080 -j REJECT; iptables -I FORWARD -j DOCKER-USER',
    ['foreign-rule'],
    /-A DOCKER-USER .*-j REJECT/,
  ],
  [
    'a chain of kube-router',
    'iptables -N KUBE-POD-FW-A; iptables -A KUBE-POD-FW-A -p tcp --dport 8080 -j REJECT; iptables -I FORWARD -j KUBE-POD-FW-A',
    ['foreign-rule'],
    /-A KUBE-POD-FW-A .*-j REJECT/,
  ],
  ['no forwarding', 'sysctl -q -w net.ipv4.ip_forward=0', ['forwarding'], /ip_forward is 0/],
];

/** The same in nftables mode. */
const NFT_ROWS: typeof ROWS = [
  ['right rules', 'true', [], /^$/],
  ['a table that is missing', 'nft delete table ip kube-proxy', ['rules-differ'], /are not as they should be/],
  [
    'a policy of another table',
    'nft add table inet fw; nft add chain inet fw forward "{ type filter hook forward priority 0; policy drop; }"',
    ['foreign-rule'],
    /stops packets to 10\.96\.0\.41 80 \(pod on this node.*: policy drop \(chain inet fw forward\)$/,
  ],
  [
    'a chain of another table',
    'nft add table inet firewalld; nft add chain inet firewalld forward "{ type filter hook forward priority 10; }";' +
      'nft add chain inet firewalld last; nft add rule inet firewalld forward jump last;' +
      'nft add rule inet firewalld last ip daddr 10.244.0.0/16 reject with icmp admin-prohibited',
    ['foreign-rule'],
    /: ip daddr 10\.244\.0\.0\/16 reject with icmp admin-prohibited \(chain inet firewalld last\)$/,
  ],
  ['a policy of iptables', 'iptables -P FORWARD DROP', ['foreign-rule', 'policy'], /-P FORWARD DROP \(table filter\)/],
];

describeKernel('explain --live in nftables mode', () => {
  it.each(sample(NFT_ROWS, 4, 'explain'))('%s', (_, script, codes, says) =>
    explained('nft', 'nftables', script, codes, says),
  );

  it('source ranges of a Service are not a rule of others', () =>
    onNode('nft', async (run) => {
      const file = `${ROOT}fixtures/explain/source-ranges.yaml`;
      await run('apply', '--mode', 'nftables', '--node', 'node-a', file);
      const { stdout } = await run(
        'explain',
        'svc/web',
        '--mode',
        'nftables',
        '--node',
        'node-a',
        '--format',
        'json',
        '--live',
        file,
      );
      expect((JSON.parse(stdout) as Explanation).live).toMatchObject({ different: 0, stopped: [] });
    }));

  it('the rules of another mode than the one that was asked for', () =>
    onNode('nft', async (run) => {
      await run('apply', '--mode', 'nftables', WEB);
      const { stdout } = await run('explain', 'svc/web', '--live', WEB);
      expect(stdout.replace(/\s+/g, ' ')).toContain(
        'are of nftables mode, not of iptables mode do: if they are meant to be: --mode nftables',
      );
    }));
});

describeKernel.each(sample(VARIANTS, 1, 'explain'))('explain --live, iptables-%s', (variant) => {
  it.each(sample(ROWS, 4, 'explain'))('%s', (_, script, codes, says) =>
    explained(variant, 'iptables', script, codes, says),
  );
});

/** Expects the page of a Service on a node with right rules, after a script. */
function explained(variant: string, mode: string, script: string, codes: readonly string[], says: RegExp) {
  return onNode(variant, async (run, host) => {
    succeeded(await host.run(['sysctl', '-q', '-w', 'net.ipv4.ip_forward=1']), 'sysctl');
    expect((await run('apply', '--mode', mode, WEB)).code).toBe(0);
    const act = script.replaceAll(/\biptables\b/g, `iptables-${variant}`);
    succeeded(await host.run(['sh', '-ec', act]), act);
    const how = ['--mode', mode, '--node', 'node-a', '--format', 'json', '--live'];
    const { code, stdout, stderr } = await run('explain', 'svc/web', ...how, WEB);
    expect(stderr).not.toMatch(/error/);
    const page = JSON.parse(stdout) as Explanation;
    const problems = page.findings.filter(({ severity }) => severity === 'problem');
    expect([...new Set(problems.map((each) => each.code))].sort()).toEqual(codes);
    expect(code).toBe(codes.length === 0 ? 0 : 1);
    expect(problems.map(({ message }) => message).join('\n')).toMatch(says);
    expect(problems.filter(({ fix }) => fix === '')).toEqual([]);
    if (codes.length > 0) expect(page.verdict).toContain('default/web does not serve all clients: ');
  });
}
