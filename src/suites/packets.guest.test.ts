/**
 * ipvs mode with packets: clients reach Services through IPVS, or are rejected, as expected; and what trace, explain and
 * verify say of the live node is what connections meet, before and after its rules are damaged.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Host } from '../apply/host.js';
import type { Explanation } from '../explain/types.js';
import { ROOT } from '../testing/cases/cases.js';
import { guestHost } from '../testing/machine/guest.js';
import { succeeded } from '../testing/machine/netns.js';
import { describeInGuest } from '../testing/machine/rings.js';
import { foretoldAnswers, questionOf } from '../testing/network/live-answers.js';
import { OTHERS, ROUND_ROBIN } from '../testing/network/packet-rows-ipvs.js';
import type { From } from '../testing/network/packets.js';
import { type Connect, connect, makeTopology, type Topology, tally } from '../testing/network/topology.js';
import { sample } from '../testing/run/extent.js';
import { vipc } from '../testing/run/vipc.js';
import type { Outcome } from '../tools/ask.js';

const describeGuest = await describeInGuest();

const FIXTURE = `${ROOT}fixtures/packets/services`;
const IPVS = ['--mode', 'ipvs', '-c', `${FIXTURE}/config.yaml`] as const;
const CLUSTER = `${FIXTURE}/cluster.yaml`;

/** Questions for trace --live beside those that have an expected answer here. */
const ASKED: readonly (readonly [string, From, Connect])[] = [
  ...[...ROUND_ROBIN, ...OTHERS].map(([what, from, to]) => [what, from, to] as const),
  ['another port of a virtual IP', 'node', { to: '10.96.0.1', port: 22 }],
  ['NodePort', 'pod1', { to: '192.168.7.2', port: 30080 }],
  ['NodePort on another address', 'node', { to: '10.244.1.1', port: 30080 }],
  ['no endpoints', 'node', { to: '10.96.0.7', port: 80 }],
  ['an endpoint itself', 'client', { to: '10.244.1.5', port: 8080 }],
];

/** Name, script, script that mends it, a connection that it changes, and the problem that explain names. */
const DAMAGE: readonly (readonly [string, string, string, From, Connect, string])[] = [
  [
    'a virtual server is missing',
    'ipvsadm -D -t 10.96.0.1:80',
    'ipvsadm -A -t 10.96.0.1:80 -s rr; for e in 1.5 1.6 2.6; do ipvsadm -a -t 10.96.0.1:80 -r 10.244.$e:8080 -m; done',
    'pod1',
    { to: '10.96.0.1', port: 80 },
    'rules-differ',
  ],
  [
    'a rule of others drops packets to an endpoint',
    'iptables-nft -I OUTPUT -d 10.244.2.6 -j DROP',
    'iptables-nft -D OUTPUT -d 10.244.2.6 -j DROP',
    'client',
    { to: '192.168.7.2', port: 30080 },
    'foreign-rule',
  ],
  [
    'nothing is masqueraded',
    'iptables-nft -t nat -F KUBE-MARK-MASQ',
    'iptables-nft -t nat -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000',
    'client',
    { to: '203.0.113.1', port: 80 },
    'rules-differ',
  ],
];

describeGuest('packets through IPVS', () => {
  let topology: Topology;
  const onNode = async (script: string) => succeeded(await topology.node.run(['sh', '-ec', script]), script);

  beforeAll(async () => {
    topology = await makeTopology(guestHost());
    await onNode('sysctl -q net.ipv4.icmp_ratelimit=0');
    const node = () => topology.node;
    expect(await vipc(['apply', ...IPVS, CLUSTER], '', {}, 'vipc', node)).toMatchObject({ code: 0 });
  });

  afterAll(() => topology?.remove());

  it.each(sample(ROUND_ROBIN, 1, '', 2))('%s from %s: every endpoint in turn', async (_, from, to, expected) => {
    expect(tally(await connect(topology[from], { ...to, count: 3 }))).toEqual(expected);
  });

  it.each(sample(OTHERS, 2, '', 5))('%s, from %s', async (_, from, to, expected) => {
    const answers = await connect(topology[from], { ...to, count: expected.length });
    expect(answers.sort()).toEqual([...expected].sort());
  });

  it('affinity keeps a client on one endpoint, and another perhaps on another', async () => {
    const sticky = { to: '10.96.0.2', port: 80, count: 5 };
    for (const from of ['client', 'pod1', 'node'] as const) {
      expect(Object.values(tally(await connect(topology[from], sticky)))).toEqual([5]);
    }
    const answered = await Promise.all(
      (['client', 'pod1', 'node'] as const).map((from) => connect(topology[from], { ...sticky, count: 1 })),
    );
    expect(new Set(answered.flat().map((answer) => answer.split(' ')[0])).size).toBe(3);
  });

  describe('the live node', () => {
    let vipcOn: (...argv: readonly string[]) => ReturnType<typeof vipc>;
    const look = () => {
      const node = remembering(topology.node);
      vipcOn = (...argv) => vipc(argv, '', {}, 'vipc', () => node);
    };
    const problems = async () => {
      const { code, stdout } = await vipcOn('explain', 'svc/web', '--live', '--format', 'json', ...IPVS, CLUSTER);
      const { findings } = JSON.parse(stdout) as Explanation;
      return { code, codes: findings.flatMap(({ severity, code }) => (severity === 'problem' ? [code] : [])) };
    };
    const compare = async (from: From, to: Connect) => {
      const { stdout } = await vipcOn('trace', '--live', ...questionOf(from, to), '--format', 'json');
      const seen = await connect(topology[from], { ...to, count: 3, seconds: 1 });
      expect(foretoldAnswers(stdout, from)).toEqual([...new Set(seen)].sort());
    };
    beforeAll(look);

    it.each(sample(ASKED, 1, 'trace --live', 3))('trace: %s, from %s', (_, from, to) => compare(from, to));

    it('explain has no problem, and verify no difference', async () => {
      expect(await problems()).toEqual({ code: 0, codes: [] });
      expect(await vipcOn('verify', 'live', CLUSTER, ...IPVS)).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^equal: /),
      });
    });

    describe.each(sample(DAMAGE, 1, 'damage', 2))('%s', (_, damage, mend, from, to, problem) => {
      beforeAll(async () => {
        await onNode(damage);
        look();
      });
      afterAll(() => onNode(mend));

      it('trace foretells what packets meet', () => compare(from, to));

      it('explain names the problem, and verify the difference', async () => {
        expect(await problems()).toEqual({ code: 1, codes: expect.arrayContaining([problem]) });
        expect(await vipcOn('verify', 'live', CLUSTER, ...IPVS)).toMatchObject({
          code: 1,
          stdout: expect.stringMatching(/^different: /),
        });
      });
    });
  });
});

/** The host, each of whose programs runs once: reading the node takes seconds in the guest. */
function remembering(host: Host): Host {
  const known = new Map<string, Promise<Outcome>>();
  return {
    run: (argv, stdin) => {
      const key = JSON.stringify([argv, stdin]);
      const outcome = known.get(key) ?? host.run(argv, stdin);
      known.set(key, outcome);
      return outcome;
    },
  };
}
