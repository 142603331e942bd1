/**
 * No gap: while `vipc apply` changes the rules repeatedly, no new connection to an unchanged Service is refused, lost
 * or delayed.
 */

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LAYOUT_NAMES } from '../backends/nftables/lower.js';
import { FAMILIES, type Family } from '../ip.js';
import { compile } from '../pipeline.js';
import { RULES_FILE } from '../testing/cases/cases.js';
import { artifactText } from '../testing/cases/compiled.js';
import {
  addressesOf,
  PODS,
  type Pod,
  SMALL_OPTIONS,
  type SmallService,
  smallCluster,
} from '../testing/cases/small-cluster.js';
import { agentHost } from '../testing/machine/agent.js';
import { NODES, tool, WAIT } from '../testing/machine/kernel.js';
import { succeeded } from '../testing/machine/netns.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { forgetConnections, isHurt, type Report, type Stream, underStreams } from '../testing/network/stream.js';
import { makeTopology, type Topology } from '../testing/network/topology.js';
import { asKubeProxyWrites } from '../testing/node/kube-proxy.js';
import { applyTo, cleanUp, type LiveNode, liveNode } from '../testing/node/live.js';
import { often, sample } from '../testing/run/extent.js';

const describeKernel = await describeInKernel();

const APPLIES = often(5, 12);
/** The number of connections that should happen during each apply. */
const MANY = 20;

/** The unchanged Service; others sort before and after it in every list. */
const STAYS: SmallService = { name: 'm', number: 1, ready: ['pod1', 'pod2', 'remote'] };

function streamsOf({ client, node, pod1 }: Topology): readonly Stream[] {
  const { clusterIP, clusterIPv6, loadBalancerIP, nodePorts } = addressesOf(STAYS);
  return [
    { on: client, to: '192.168.7.2', port: nodePorts.tcp },
    { on: client, to: '192.168.7.2', port: nodePorts.udp, protocol: 'udp' },
    { on: client, to: 'fd00:7::2', port: nodePorts.tcp },
    { on: client, to: loadBalancerIP, port: 80 },
    { on: pod1, to: clusterIP, port: 80 },
    { on: pod1, to: clusterIP, port: 80, protocol: 'udp' },
    { on: node, to: clusterIP, port: 80 },
    { on: node, to: clusterIPv6, port: 80 },
  ];
}

const KINDS: readonly object[] = [
  {},
  { sessionAffinity: 'ClientIP' },
  { externalTrafficPolicy: 'Local' },
  { internalTrafficPolicy: 'Local' },
  { loadBalancerSourceRanges: ['192.168.7.0/24'] },
  { externalIPs: ['198.51.100.7'] },
];

/** Each time three of twelve Services of every kind are missing, and endpoints of the others come and go. */
function snapshot(round: number): ReturnType<typeof smallCluster> {
  const others = [...Array(12).keys()]
    .filter((i) => (i + round) % 4 !== 0)
    .map((i): SmallService => {
      const ready = (Object.keys(PODS) as Pod[]).filter((_, pod) => (round * (pod + 1) + i) % 3 === 0);
      return { name: `${'ax'[i % 2]}-${i}`, number: 10 + i, ready, spec: KINDS[i % KINDS.length] ?? {} };
    });
  return smallCluster([STAYS, ...others]);
}

/** A proxy mode, with a layout where it is not the default. */
interface Mode {
  readonly mode: string;
  readonly layout?: string | undefined;
}

/** A change must hurt none of the streams, and at least `enough` connections must happen during it. */
function expectNoGap(reports: readonly Report[], enough: number): void {
  expect(reports.filter(isHurt)).toEqual([]);
  expect(reports.reduce((sum, { answers }) => sum + answers, 0)).toBeGreaterThan(enough);
}

describeKernel('no gap', () => {
  describe.each(sample(NODES, 1, 'no-gap', 2))('$variant, layout $layout', ({ variant, layout }) => {
    let topology: Topology;
    let node: LiveNode;

    const change = async (round: number, as: Partial<LiveNode> = {}): Promise<void> => {
      const { plan, rest, diagnostics } = await applyTo({ ...node, layout, ...as }, snapshot(round), SMALL_OPTIONS);
      expect(plan.steps).not.toEqual([]);
      expect([...rest.steps, ...diagnostics]).toEqual([]);
    };

    const restore = async (family: Family, lines: readonly string[]): Promise<void> => {
      const argv = [tool(family, variant, 'restore'), '--noflush', WAIT];
      succeeded(await topology.node.run(argv, lines.join('\n')), 'restore');
    };

    beforeAll(async () => {
      topology = await makeTopology(agentHost(), (netns) => agentHost({ netns }));
      node = await liveNode(topology.node, variant);
    });

    afterAll(() => topology?.remove());

    it(`${APPLIES} applies`, async () => {
      await change(0);
      const reports = await underStreams(streamsOf(topology), async () => {
        for (let round = 1; round <= APPLIES; round++) await change(round);
      });
      expectNoGap(reports, APPLIES * MANY);
    });

    it.each(sample([1, 2, 3, 4, 5], 1, variant, 2))('taking over from kube-proxy, time %s', async (seed) => {
      await cleanUp(node);
      for (const family of FAMILIES) {
        const { value } = compile(snapshot(seed), SMALL_OPTIONS);
        await restore(family, [asKubeProxyWrites(artifactText(value, RULES_FILE[family]), seed)]);
      }
      expectNoGap(await underStreams(streamsOf(topology), () => change(seed + 1)), MANY);
    });

    it.each(sample([1000, 5], 1, `switch ${variant}`, 1))(
      'to the other layout, and back, with %s chains in a commit',
      async (chainsPerCommit) => {
        const other = layout === 'fast' ? 'kube-proxy' : 'fast';
        const reports = await underStreams(streamsOf(topology), async () => {
          await change(2, { layout: other, chainsPerCommit });
          await change(3, { chainsPerCommit });
        });
        expectNoGap(reports, 2 * MANY);
      },
    );

    it('kube-proxy takes over', async () => {
      await change(4);
      const { value } = compile(snapshot(5), SMALL_OPTIONS);
      const reports = await underStreams(streamsOf(topology), async () => {
        for (const seed of [1, 2, 3])
          for (const family of FAMILIES) {
            const rules = asKubeProxyWrites(artifactText(value, RULES_FILE[family]), seed);
            // It finds the jumps from built-in chains there, and keeps what it has no name for.
            await restore(family, [rules.replace(/^(?:-A |:)(?!KUBE-).*\n/gm, '')]);
          }
      });
      expectNoGap(reports, MANY);
      const save = async () => succeeded(await topology.node.run([tool('ipv4', variant, 'save')]), 'save').stdout;
      expect((await save()).match(/^-A KUBE-\S+ .*-[jg] VIPC-.*/gm)).toBeNull();
      await cleanUp(node);
      expect(await save()).not.toMatch(/KUBE-|VIPC-/);
    });

    // This test runs last and cleans up: it alone loses connections, which would make later tests lose some too.
    it('a chain that is empty between two commits is noticed', async () => {
      await change(0);
      const reports = await underStreams(streamsOf(topology), async () => {
        const save = async () =>
          succeeded(await topology.node.run([tool('ipv4', variant, 'save'), '-t', 'nat']), 'save').stdout;
        const lines = (await save()).split('\n').filter((line) => line.startsWith('-A KUBE-SERVICES '));
        await restore('ipv4', ['*nat', ':KUBE-SERVICES - [0:0]', 'COMMIT', '']);
        // As long as a few programs take: the chain of layout fast is written in no time.
        for (let i = 0; i < 5; i++) await save();
        await restore('ipv4', ['*nat', ...lines, 'COMMIT', '']);
      });
      expect(reports.filter(isHurt)).not.toEqual([]);
      await forgetConnections(topology.node);
    });
  });

  describe.each(sample(LAYOUT_NAMES, 1, 'no-gap'))('nftables mode, layout %s', (layout) => {
    let topology: Topology;
    let node: LiveNode;

    const change = async (round: number, { mode, layout: name }: Mode): Promise<void> => {
      const at = { ...node, ...(name === undefined ? {} : { layout: name }) };
      const { plan, rest, diagnostics } = await applyTo(at, snapshot(round), { ...SMALL_OPTIONS, mode });
      expect(plan.steps).not.toEqual([]);
      expect([...rest.steps, ...diagnostics]).toEqual([]);
    };

    beforeAll(async () => {
      topology = await makeTopology(agentHost(), (netns) => agentHost({ netns }));
      node = await liveNode(topology.node, 'nft');
    });

    afterAll(() => topology?.remove());

    const here: Mode = { mode: 'nftables', layout };
    const other: Mode = { mode: 'nftables', layout: LAYOUT_NAMES.find((each) => each !== layout) };
    const ways: readonly (readonly [string, readonly Mode[]])[] = [
      [`${APPLIES} applies`, Array<Mode>(APPLIES).fill(here)],
      ['to iptables mode, and back', [{ mode: 'iptables' }, here]],
      ['to the other layout, and back', [other, here]],
    ];

    it.each(sample(ways, 1, `no-gap ${layout}`))('%s', async (_, modes) => {
      await change(0, here);
      const reports = await underStreams(streamsOf(topology), async () => {
        for (const [i, mode] of modes.entries()) await change(i + 1, mode);
      });
      expectNoGap(reports, modes.length * MANY);
      await cleanUp(node);
      await forgetConnections(topology.node);
    });

    // This test runs last, too.
    it('a map that is empty between two transactions is noticed', async () => {
      await change(0, here);
      const reports = await underStreams(streamsOf(topology), async () => {
        const map = ['map', 'ip', 'kube-proxy', 'service-ips'];
        const { stdout } = succeeded(await topology.node.run(['nft', 'list', ...map]), 'nft');
        succeeded(await topology.node.run(['nft', 'flush', ...map]), 'nft');
        succeeded(await topology.node.run(['nft', '-f', '-'], stdout), 'nft');
      });
      expect(reports.filter(isHurt)).not.toEqual([]);
      await forgetConnections(topology.node);
    });
  });
});
