/**
 * No gap between ipvs mode and userspace mode: the daemon is started anew in the other mode, or reads a configuration with
 * another mode (SIGHUP), while new connections are made to an unchanged Service.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { DEFAULT_FEATURES } from '../backends/features.js';
import { readSnapshot } from '../read/snapshot.js';
import { newSyncer, type Syncer } from '../sync/syncer.js';
import { addressesOf, SMALL_OPTIONS, type SmallService, smallCluster } from '../testing/cases/small-cluster.js';
import { guestHost } from '../testing/machine/guest.js';
import { succeeded } from '../testing/machine/netns.js';
import { describeInGuest } from '../testing/machine/rings.js';
import { type Report, type Stream, underStreams } from '../testing/network/stream.js';
import { makeTopology, type Topology } from '../testing/network/topology.js';
import { type LiveNode, liveNode } from '../testing/node/live.js';
import { withPerlRelay } from '../testing/node/perl-relay.js';
import { sample } from '../testing/run/extent.js';
import { pause } from '../testing/run/patience.js';
import { RELAY } from '../tools/relay/tool.js';
import { newStore } from '../watch/store.js';

const describeGuest = await describeInGuest();

const STAYS: SmallService = { name: 'm', number: 1, ready: ['pod1', 'remote'] };

/** TCP over IPv4: what the guest's relay serves. Less often than elsewhere, because the emulated machine is slow. */
function streamsOf({ client, node, pod1 }: Topology): readonly Stream[] {
  const { clusterIP, loadBalancerIP, nodePorts } = addressesOf(STAYS);
  const streams: readonly Stream[] = [
    { on: client, to: '192.168.7.2', port: nodePorts.tcp },
    { on: client, to: loadBalancerIP, port: 80 },
    { on: pod1, to: clusterIP, port: 80 },
    { on: node, to: clusterIP, port: 80 },
  ];
  return streams.map((stream) => ({ ...stream, pauseMs: 30, seconds: 3 }));
}

describeGuest('no gap between ipvs mode and userspace mode', () => {
  let topology: Topology;
  let node: LiveNode;
  let daemon: Syncer;

  const start = (mode: string): Syncer =>
    newSyncer({ target: node.target, features: DEFAULT_FEATURES, chainsPerCommit: 300 }, { ...SMALL_OPTIONS, mode });
  const sync = async (): Promise<void> => {
    const store = newStore({ onChange: () => {}, onInvalid: () => {} });
    store.replaceSnapshot(readSnapshot(smallCluster([STAYS])).value);
    expect(await daemon.sync(store, store.takeChanges(), 'full')).toMatchObject({ ok: true, diagnostics: [] });
  };
  /** How many connections of each stream were not answered. */
  const failed = (reports: readonly Report[]) =>
    reports.map(({ failures }) => Object.values(failures).reduce((sum, count) => sum + count, 0));
  const listeners = async () =>
    (await node.target.host.run([RELAY, 'show'])).stdout.match(/^listen tcp/gm)?.length ?? 0;

  beforeAll(async () => {
    topology = await makeTopology(guestHost(), (netns) => guestHost({ netns }));
    node = await liveNode(withPerlRelay(topology.node), 'nft');
    daemon = start('ipvs');
    await sync();
  });

  afterAll(() => topology?.remove());

  it('a look finds what was programmed in ipvs mode, and drift', async () => {
    const run = async (command: string) => succeeded(await topology.node.run(command.split(' ')), command);
    expect(await daemon.look()).toMatchObject({ ok: true, kind: 'full', sent: {} });
    const drift = [
      ['ipset add KUBE-CLUSTER-IP 192.0.2.9,tcp:80', 'ipset del KUBE-CLUSTER-IP 192.0.2.9,tcp:80'],
      ['ip address add 192.0.2.9/32 dev kube-ipvs0', 'ip address delete 192.0.2.9/32 dev kube-ipvs0'],
      ['ipvsadm -A -t 192.0.2.9:80 -s rr', 'ipvsadm -D -t 192.0.2.9:80'],
    ] as const;
    for (const [damage, mend] of drift) {
      await run(damage);
      expect([damage, await daemon.look()]).toEqual([damage, 'differs']);
      await run(mend);
    }
    expect(await daemon.look()).toMatchObject({ ok: true });
  });

  const ways: readonly (readonly [string, () => void])[] = [
    [
      'started anew',
      () => {
        daemon = start('userspace');
      },
    ],
    ['told', () => daemon.configure({ ...SMALL_OPTIONS, mode: 'userspace' })],
  ];

  // One of them, because each takes the guest a minute.
  it.each(sample(ways, 1, 'no-gap userspace', 1))(
    'to userspace mode and back, the daemon %s: only what is under way ends with the virtual servers',
    async (_, go) => {
      const there = await underStreams(streamsOf(topology), async () => {
        go();
        await sync();
        // A stream waits three seconds for a pending answer, and then continues.
        await pause(4);
      });
      expect(await listeners()).toBeGreaterThan(0);
      expect(Math.max(...failed(there))).toBeLessThanOrEqual(1);
      for (const { last } of there) expect(last).toMatch(/^10\./);
      const back = await underStreams(streamsOf(topology), async () => {
        daemon.configure({ ...SMALL_OPTIONS, mode: 'ipvs' });
        await sync();
      });
      expect(failed(back)).toEqual(back.map(() => 0));
      expect(await listeners()).toBe(0);
    },
  );
});
