/**
 * No gap, ipvs mode: while `vipc apply` changes other Services, and the mode itself, no new connection to an unchanged
 * Service is refused or lost.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { addressesOf, SMALL_OPTIONS, type SmallService, smallCluster } from '../testing/cases/small-cluster.js';
import { guestHost } from '../testing/machine/guest.js';
import { succeeded } from '../testing/machine/netns.js';
import { describeInGuest } from '../testing/machine/rings.js';
import { forgetConnections, type Report, type Stream, underStreams } from '../testing/network/stream.js';
import { makeTopology, type Topology } from '../testing/network/topology.js';
import { applyTo, type LiveNode, liveNode } from '../testing/node/live.js';
import { pause } from '../testing/run/patience.js';

const describeGuest = await describeInGuest();

const APPLIES = 2;

const STAYS: SmallService = { name: 'm', number: 1, ready: ['pod1', 'pod2', 'remote'] };
const STICKY = { sessionAffinity: 'ClientIP' };

/** Each time one of three other Services is missing, and endpoints of the others come and go. */
function snapshot(round: number): ReturnType<typeof smallCluster> {
  const others = [0, 1, 2]
    .filter((i) => (i + round) % 3 !== 0)
    .map((i): SmallService => {
      const ready = (['pod1', 'remote'] as const).filter((_, pod) => (round + i + pod) % 2 === 0);
      return { name: `${'ax'[i % 2]}-${i}`, number: 10 + i, ready, ...(i === 2 ? { spec: STICKY } : {}) };
    });
  return smallCluster([STAYS, ...others]);
}

function streamsOf({ client, node, pod1 }: Topology): readonly Stream[] {
  const { clusterIP, clusterIPv6, loadBalancerIP, nodePorts } = addressesOf(STAYS);
  const streams: readonly Stream[] = [
    { on: client, to: '192.168.7.2', port: nodePorts.tcp },
    { on: client, to: loadBalancerIP, port: 80, protocol: 'udp' },
    { on: pod1, to: clusterIP, port: 80 },
    { on: node, to: clusterIPv6, port: 80 },
  ];
  // Connect less often, because the emulated machine is slow.
  return streams.map((stream) => ({ ...stream, pauseMs: 30 }));
}

describeGuest('no gap in ipvs mode', () => {
  let topology: Topology;
  let node: LiveNode;

  const change = async (round: number, mode = 'ipvs'): Promise<void> => {
    const { plan, rest, diagnostics } = await applyTo(node, snapshot(round), { ...SMALL_OPTIONS, mode });
    expect(plan.steps).not.toEqual([]);
    expect([...rest.steps, ...diagnostics]).toEqual([]);
  };
  const hasFailed = (report: Report) => Object.keys(report.failures).length > 0;
  const failures = (reports: readonly Report[]) => reports.filter(hasFailed);

  beforeAll(async () => {
    topology = await makeTopology(guestHost(), (netns) => guestHost({ netns }));
    node = await liveNode(topology.node, 'nft');
    await change(0);
  });

  afterAll(() => topology?.remove());

  it(`${APPLIES} applies`, async () => {
    const reports = await underStreams(streamsOf(topology), async () => {
      for (let round = 1; round <= APPLIES; round++) await change(round);
    });
    expect(failures(reports)).toEqual([]);
    expect(Math.min(...reports.map(({ answers }) => answers))).toBeGreaterThan(APPLIES);
  });

  it('to iptables mode: what is under way ends with the virtual servers, and nothing else', async () => {
    // A client that keeps its source port keeps its flow until IPVS deletes the flow with the virtual server.
    const { clusterIP } = addressesOf(STAYS);
    const talker: Stream = { on: topology.pod1, to: clusterIP, port: 80, protocol: 'udp', from: 5353 };
    const streams = [...streamsOf(topology), talker].map((stream) => ({ ...stream, seconds: 3 }));
    const reports = await underStreams(streams, async () => {
      await change(1, 'iptables');
      // A stream waits this long for pending answers, and then continues.
      await pause(4);
    });
    for (const { last } of reports) expect(last).toMatch(/^(10|fd00)/);
    for (const { failures } of reports.slice(0, -1)) {
      expect(Object.values(failures).reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(1);
    }
    await forgetConnections(topology.node);
  });

  it('to ipvs mode', async () => {
    const reports = await underStreams(streamsOf(topology), () => change(2, 'ipvs'));
    expect(failures(reports)).toEqual([]);
  });

  it('to nftables mode: what is under way ends with the virtual servers', async () => {
    const streams = streamsOf(topology).map((stream) => ({ ...stream, seconds: 3 }));
    const reports = await underStreams(streams, async () => {
      await change(3, 'nftables');
      await pause(4);
    });
    for (const { last, failures } of reports) {
      expect(last).toMatch(/^(10|fd00)/);
      expect(Object.values(failures).reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(1);
    }
    await forgetConnections(topology.node);
  });

  // This kernel, 6.1, refuses to delete a chain in the transaction that deletes the last element that leads to it.
  it('changes in nftables mode, and back to ipvs mode', async () => {
    const reports = await underStreams(streamsOf(topology), async () => {
      for (let round = 4; round < 4 + APPLIES; round++) await change(round, 'nftables');
      await change(2, 'ipvs');
    });
    expect(failures(reports)).toEqual([]);
  });

  it('a member that is missing for a moment is noticed', async () => {
    const member = `KUBE-CLUSTER-IP ${addressesOf(STAYS).clusterIP},tcp:80`;
    const shell = `ipset del ${member}; sleep 3; ipset add ${member}`;
    const reports = await underStreams(streamsOf(topology), async () => {
      succeeded(await topology.node.run(['sh', '-ec', shell]), 'ipset');
    });
    expect(failures(reports)).toHaveLength(1);
    await forgetConnections(topology.node);
  });
});
