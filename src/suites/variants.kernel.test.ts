/**
 * A node with rules of iptables-nft and of iptables-legacy: the kernel asks both, and so does trace, of the live node and
 * of its dumps. The rules of fixtures/packets are of nft, those of each row are of legacy; the truth is what packets meet.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ROOT } from '../testing/cases/cases.js';
import { agentHost } from '../testing/machine/agent.js';
import { succeeded } from '../testing/machine/netns.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { foretoldAnswers, questionOf } from '../testing/network/live-answers.js';
import type { From } from '../testing/network/packets.js';
import { type Connect, connect, makeTopology, type Topology } from '../testing/network/topology.js';
import { vipc } from '../testing/run/vipc.js';

const describeKernel = await describeInKernel();

const FIXTURE = `${ROOT}fixtures/packets/services`;
const SNAPSHOT = ['-c', `${FIXTURE}/config.yaml`, `${FIXTURE}/cluster.yaml`] as const;

const POD1 = { to: '10.244.1.5', port: 8080 };
const HAIRPIN = { to: '10.96.0.8', port: 80 };

const ROWS: readonly (readonly [what: string, rule: string, From, Connect, answer: string])[] = [
  ['refuses', '-t filter -A FORWARD -d 10.244.1.5/32 -j REJECT', 'client', HAIRPIN, 'refused'],
  ['accepts, and nft drops', '-t filter -A FORWARD -j ACCEPT', 'client', { to: '203.0.113.4', port: 80 }, 'timeout'],
  [
    'has another destination',
    '-t nat -A PREROUTING -p tcp -m tcp --dport 31999 -j DNAT --to-destination 10.244.1.5:8080',
    'client',
    { to: '192.168.7.2', port: 31999 },
    '10.244.1.5 192.168.7.100',
  ],
  [
    'has another source',
    '-t nat -A POSTROUTING -d 10.244.1.5/32 -j MASQUERADE',
    'client',
    POD1,
    '10.244.1.5 10.244.1.1',
  ],
  [
    'marks, and nft masquerades',
    '-t mangle -A PREROUTING -d 10.244.1.5/32 -j MARK --set-xmark 0x4000/0x4000',
    'client',
    POD1,
    '10.244.1.5 10.244.1.1',
  ],
  [
    'ends its own table nat only',
    '-t nat -A PREROUTING -d 10.96.0.8/32 -j ACCEPT',
    'client',
    HAIRPIN,
    '10.244.1.5 10.244.1.1',
  ],
];

const directory = mkdtempSync(join(tmpdir(), 'vipc-'));
afterAll(() => rmSync(directory, { recursive: true }));

describeKernel('iptables-legacy beside iptables-nft', () => {
  let topology: Topology;
  const run = (...argv: readonly string[]) => vipc(argv, '', {}, 'vipc', () => topology.node);
  const onNode = async (script: string) => succeeded(await topology.node.run(['sh', '-ec', script]), script).stdout;
  const legacy = (rule: string) => onNode(`iptables-legacy -w ${rule}`);
  const without = (rule: string) => legacy(rule.replace(' -A ', ' -D '));

  beforeAll(async () => {
    topology = await makeTopology(agentHost(), (netns) => agentHost({ netns }));
    await onNode('sysctl -q net.ipv4.icmp_ratelimit=0');
    expect(await run('apply', '--iptables', 'nft', ...SNAPSHOT)).toMatchObject({ code: 0 });
  });
  afterAll(() => topology?.remove());

  /** The dumps of the node, as options of vipc trace. */
  async function dumps(): Promise<readonly string[]> {
    const all = ['iptables-nft-save', 'iptables-legacy-save', 'ip -json address'];
    const paths = all.map((_, i) => join(directory, `${i}`));
    for (const [i, script] of all.entries()) writeFileSync(paths[i] ?? '', await onNode(script));
    return paths.flatMap((path) => ['--rules', path]);
  }

  it.each(ROWS)('%s: %s', async (_, rule, from, to, answer) => {
    await legacy(rule);
    try {
      const question = ['trace', ...questionOf(from, to), '--format', 'json'];
      const { stdout, stderr } = await run(...question, '--live', '--iptables', 'nft');
      expect({ stderr, answers: foretoldAnswers(stdout, from) }).toEqual({ stderr: '', answers: [answer] });
      expect(await run(...question, ...(await dumps()))).toMatchObject({ stdout, stderr: '' });
      expect(new Set(await connect(topology[from], { ...to, count: 3, seconds: 1 }))).toEqual(new Set([answer]));
    } finally {
      await without(rule);
    }
  });

  it('which of two destinations is first, no dump tells', async () => {
    const rule = '-t nat -A PREROUTING -d 10.96.0.8/32 -p tcp -j DNAT --to-destination 10.244.1.6:8080';
    await legacy(rule);
    const { code, stdout } = await run('trace', '--live', '--iptables', 'nft', ...questionOf('client', HAIRPIN));
    const [seen] = await connect(topology.client, HAIRPIN);
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: expect.stringMatching(
        /^depends on which of iptables-nft and iptables-legacy is first in nat PREROUTING\n/,
      ),
    });
    expect(seen).toMatch(/^10\.244\.1\.[56] /);
    const compared = await run('verify', 'live', ...SNAPSHOT.slice(2), ...SNAPSHOT.slice(0, 2));
    expect(compared.stdout).toMatch(/^undecided: iptables-legacy, ipv4, table nat: -A PREROUTING -d 10\.96\.0\.8\/32/);
    await without(rule);
  });
});
