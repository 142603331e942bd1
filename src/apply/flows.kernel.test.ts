/**
 * UDP clients that keep their source port, and so their tracked flow: when `vipc apply` takes away the endpoint that they
 * talk to, the next packet reaches another. What need not change stays as it is.
 */

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LAYOUT_NAMES } from '../backends/nftables/lower.js';
import { addressesOf, PODS, SMALL_OPTIONS, type SmallService, smallCluster } from '../testing/cases/small-cluster.js';
import { agentHost } from '../testing/machine/agent.js';
import { VARIANTS, type Variant } from '../testing/machine/kernel.js';
import { succeeded } from '../testing/machine/netns.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { underStreams } from '../testing/network/stream.js';
import { type Connect, connect, makeTopology, type Topology } from '../testing/network/topology.js';
import { applyTo, type LiveNode, liveNode } from '../testing/node/live.js';
import { sample } from '../testing/run/extent.js';
import { pause } from '../testing/run/patience.js';

const describeKernel = await describeInKernel();

type Endpoints = Pick<SmallService, 'ready' | 'terminating'>;

const web = (endpoints: Endpoints): SmallService => ({ name: 'web', number: 1, ...endpoints });
const OTHER: SmallService = { name: 'other', number: 2, ready: ['remote'] };

/** Wherever a Service is reached. */
function destinationsOf(service: Pick<SmallService, 'number'>): readonly Connect[] {
  const { clusterIP, clusterIPv6, loadBalancerIP, nodePorts } = addressesOf(service);
  return [
    { to: clusterIP, port: 80 },
    { to: clusterIPv6, port: 80 },
    { to: loadBalancerIP, port: 80 },
    { to: '192.168.7.2', port: nodePorts.udp },
    { to: 'fd00:7::2', port: nodePorts.udp },
  ].map((each) => ({ ...each, protocol: 'udp' }));
}

const WEB = destinationsOf({ number: 1 });

/** What is applied one after the other, and the answer to the same client after each: of a pod, or `refused`. */
const STEPS: readonly [string, ...(readonly [Endpoints, string])[]][] = [
  ['its endpoint goes', [{ ready: ['remote'] }, 'remote'], [{ ready: ['pod1'] }, 'pod1']],
  [
    'its endpoint is on its way out and still serves',
    [{ ready: ['remote'] }, 'remote'],
    [{ ready: ['pod1'], terminating: ['remote'] }, 'remote'],
    [{ ready: ['pod1'] }, 'pod1'],
  ],
  [
    'others go',
    [{ ready: ['remote'] }, 'remote'],
    [{ ready: ['pod1', 'remote'] }, 'remote'],
    [{ ready: ['remote'] }, 'remote'],
  ],
  ['all go and some come', [{ ready: ['remote'] }, 'remote'], [{}, 'refused'], [{ ready: ['pod1'] }, 'pod1']],
];

let port = 20_000;

/** The same, each from a port of its own. */
function clients(destinations: readonly Connect[]): readonly Connect[] {
  return destinations.map((each) => ({ ...each, from: port++, seconds: 1 }));
}

/** The answer: the name of a pod, or the error. */
async function answer(topology: Topology, to: Connect): Promise<string> {
  const [said = ''] = await connect(topology.client, to);
  const [ip] = said.split(' ');
  const pod = Object.entries(PODS).find(([, { IPv4, IPv6 }]) => ip === IPv4 || ip === IPv6);
  return pod?.[0] ?? said;
}

function answers(topology: Topology, to: readonly Connect[]): Promise<readonly string[]> {
  return Promise.all(to.map((each) => answer(topology, each)));
}

/** The kernel's number for each client's tracked connection; undefined when there is none. */
async function tracked({ node }: Topology, to: readonly Connect[]): Promise<readonly (string | undefined)[]> {
  const lines = succeeded(await node.run(['conntrack', '-L', '-o', 'id']), 'conntrack').stdout.split('\n');
  return to.map(({ protocol = 'tcp', from, port }) => {
    const line = lines.find((each) => each.startsWith(protocol) && each.includes(` sport=${from} dport=${port} `));
    return / id=(\d+)/.exec(line ?? '')?.[1];
  });
}

/** iptables mode with each variant, and nftables mode with each layout. */
const NODES: readonly { mode: string; variant: Variant; name: string; layout?: string }[] = [
  ...VARIANTS.map((variant) => ({ mode: 'iptables', variant, name: variant })),
  ...LAYOUT_NAMES.map((layout) => ({ mode: 'nftables', variant: 'nft', name: layout, layout }) as const),
];

describeKernel('UDP flows', () => {
  describe.each(sample(NODES, 1, 'flows'))('$mode mode, $name', ({ mode, variant, name, layout }) => {
    let topology: Topology;
    let node: LiveNode;

    const have = async (...services: readonly SmallService[]): Promise<number> => {
      const { rest, diagnostics, forgotten } = await applyTo(node, smallCluster(services), { ...SMALL_OPTIONS, mode });
      expect([...rest.steps, ...diagnostics, ...forgotten.diagnostics]).toEqual([]);
      return forgotten.count;
    };

    beforeAll(async () => {
      topology = await makeTopology(agentHost(), (netns) => agentHost({ netns }));
      node = { ...(await liveNode(topology.node, variant)), ...(layout && { layout }) };
      const unlimited = ['net.ipv4.icmp_ratelimit=0', 'net.ipv6.icmp.ratelimit=0'];
      // What is tracked ends when a test says so, and not ten seconds after a reset.
      const remembered = ['tcp_timeout_close', 'udp_timeout', 'udp_timeout_stream'].map(
        (name) => `net.netfilter.nf_conntrack_${name}=3600`,
      );
      succeeded(await topology.node.run(['sysctl', '-q', ...unlimited, ...remembered]), 'sysctl');
    });

    afterAll(() => topology?.remove());

    it.each(sample(STEPS, 1, name, 4))('%s', async (_, ...steps) => {
      const to = clients(WEB);
      for (const [endpoints, expected] of steps) {
        await have(web(endpoints), OTHER);
        expect(await answers(topology, to)).toEqual(WEB.map(() => expected));
      }
    });

    it('the Service comes, and goes', async () => {
      const to = clients(WEB);
      await have(OTHER);
      expect(await answers(topology, to)).toEqual(['timeout', 'timeout', 'timeout', 'refused', 'refused']);
      expect(await have(web({ ready: ['pod1'] }), OTHER)).toBeGreaterThanOrEqual(WEB.length);
      expect(await answers(topology, to)).toEqual(WEB.map(() => 'pod1'));
      expect(await have(OTHER)).toBeGreaterThanOrEqual(WEB.length);
      expect(await answers(topology, to)).toEqual(['timeout', 'timeout', 'timeout', 'refused', 'refused']);
    });

    it('a client that never pauses', async () => {
      await have(web({ ready: ['remote'] }));
      const streams = clients(WEB).map((each) => ({ ...each, on: topology.client }));
      const reports = await underStreams(streams, async () => {
        await have(web({ ready: ['pod1'] }));
        // One answer may be on its way back when its flow is forgotten, and the stream waits a second for it.
        await pause(3);
      });
      expect(reports.map(({ last }) => last.split(' ')[0])).toEqual(
        WEB.map(({ to }) => (to.includes(':') ? PODS.pod1.IPv6 : PODS.pod1.IPv4)),
      );
      for (const { failures } of reports) expect([{}, { timeout: 1 }]).toContainEqual(failures);
    });

    it('everything else goes on', async () => {
      await have(web({ ready: ['pod1', 'remote'] }), OTHER);
      const many = clients(Array(5).fill(WEB).flat());
      const answered = await answers(topology, many);
      expect(new Set(answered)).toEqual(new Set(['pod1', 'remote']));
      const staying = [
        ...many.filter((_, i) => answered[i] === 'pod1'),
        ...clients([
          ...WEB.slice(0, 3).map(({ to, port }) => ({ to, port })),
          { to: '192.168.7.2', port: addressesOf({ number: 1 }).nodePorts.tcp },
          ...destinationsOf(OTHER),
          ...[PODS.pod1.IPv4, PODS.remote.IPv4, PODS.pod1.IPv6].map(
            (to): Connect => ({ to, port: 8080, protocol: 'udp' }),
          ),
        ]),
      ];
      await answers(topology, staying);
      const before = await tracked(topology, staying);

      await have(web({ ready: ['pod1'] }), OTHER);
      expect(before).not.toContain(undefined);
      expect(await tracked(topology, staying)).toEqual(before);
      const gone = many.filter((_, i) => answered[i] === 'remote');
      expect(await tracked(topology, gone)).toEqual(gone.map(() => undefined));
    });
  });
});
