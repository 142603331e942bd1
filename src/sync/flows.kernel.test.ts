/**
 * UDP flows beside partial syncs: those to an endpoint are forgotten when it serves no more, whether rules led to it until
 * then or not.
 */
import { expect, it } from '@jest/globals';
import { DEFAULT_FEATURES } from '../backends/features.js';
import { readSnapshot } from '../read/snapshot.js';
import { PODS, SMALL_OPTIONS, type SmallService, smallCluster } from '../testing/cases/small-cluster.js';
import { succeeded, withNode } from '../testing/machine/netns.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { liveNode } from '../testing/node/live.js';
import { sample } from '../testing/run/extent.js';
import { newStore } from '../watch/store.js';
import { newSyncer } from './syncer.js';

const describeKernel = await describeInKernel();

/** The endpoints one after the other, and how many of the flows to `remote` and `pod1` are forgotten then. */
const STEPS: readonly [Pick<SmallService, 'ready' | 'terminating'>, number][] = [
  [{ ready: ['pod1'], terminating: ['remote'] }, 0],
  [{ ready: ['pod1'] }, 1],
  [{ ready: ['pod1'] }, 0],
  [{ ready: ['pod2'] }, 1],
];

describeKernel.each(sample(['iptables', 'nftables'], 1, 'flows'))('UDP flows beside partial syncs, %s mode', (mode) => {
  it('no rule leads to an endpoint that is on its way out beside ready ones, but flows do', () =>
    withNode(async (host) => {
      const { target } = await liveNode(host, 'nft');
      const given = { target, features: DEFAULT_FEATURES, chainsPerCommit: 300 };
      const syncer = newSyncer(given, { ...SMALL_OPTIONS, mode });
      const store = newStore({ onChange: () => {}, onInvalid: () => {} });
      const follow = (endpoints: Partial<SmallService>) => {
        store.replaceSnapshot(readSnapshot(smallCluster([{ name: 'web', number: 1, ...endpoints }])).value);
        return syncer.sync(store, store.takeChanges(), 'partial');
      };
      await follow({ ready: ['pod1', 'remote'] });
      for (const [i, { IPv4 }] of [PODS.pod1, PODS.remote].entries()) {
        const sent = `-s 192.168.7.100 -d 10.96.1.1 --sport 4000${i} --dport 80`;
        const answered = `--reply-src ${IPv4} --reply-dst 192.168.7.100 --reply-port-src 8080 --reply-port-dst 4000${i}`;
        const flow = `-I -p udp ${sent} ${answered} --timeout 1000`;
        succeeded(await host.run(['conntrack', ...flow.split(' ')]), flow);
      }
      for (const [endpoints, forgottenFlows] of STEPS)
        expect(await follow(endpoints)).toMatchObject({ ok: true, kind: 'partial', forgottenFlows });
    }));
});
