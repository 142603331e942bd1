/**
 * ipvs mode with packets: clients reach Services through IPVS, or are rejected, as expected.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ROOT } from '../testing/cases/cases.js';
import { guestHost } from '../testing/machine/guest.js';
import { describeInGuest } from '../testing/machine/rings.js';
import { OTHERS, ROUND_ROBIN } from '../testing/network/packet-rows-ipvs.js';
import { connect, makeTopology, type Topology, tally } from '../testing/network/topology.js';
import { loadState } from '../testing/node/load-state.js';
import { ARTIFACTS, readNodeState } from '../testing/node/node-state.js';
import { sample } from '../testing/run/extent.js';

const describeGuest = await describeInGuest();

describeGuest('packets through IPVS', () => {
  let topology: Topology;

  beforeAll(async () => {
    topology = await makeTopology(guestHost());
    await loadState(topology.node, readNodeState(`${ROOT}golden/packets/services/ipvs`, ARTIFACTS), 'nft');
  });

  afterAll(() => topology?.remove());

  it.each(sample(ROUND_ROBIN, 2, '', 8))('%s from %s: every endpoint in turn', async (_, from, to, expected) => {
    expect(tally(await connect(topology[from], { ...to, count: 3 }))).toEqual(expected);
  });

  it.each(sample(OTHERS, 4, '', 16))('%s, from %s', async (_, from, to, expected) => {
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
});
