/**
 * For any snapshot, in a kernel with IPVS: every tool accepts the output of ipvs mode and reads it back as written.
 */
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compile } from './pipeline.js';
import { artifactText } from './testing/cases/compiled.js';
import { withGuestNetns } from './testing/machine/guest.js';
import { describeInGuest } from './testing/machine/rings.js';
import { loadState, readState } from './testing/node/load-state.js';
import { ARTIFACTS, stateDifferences, stateFrom } from './testing/node/node-state.js';
import { options, snapshots } from './testing/random/snapshots.js';
import { often, seed } from './testing/run/extent.js';

const describeGuest = await describeInGuest();

const SCHEDULERS = ['', 'rr', 'mh', 'sh', 'wlc'];
const clusters = fc.sample(fc.tuple(snapshots, options, fc.constantFrom(...SCHEDULERS)), {
  numRuns: often(2, 4),
  seed,
});

describeGuest(`any snapshot in ipvs mode (SEED=${seed})`, () => {
  it.each(clusters.map((cluster, i) => [i, ...cluster] as const))(
    'loads and reads back: %i',
    async (_, items, given, scheduler) => {
      const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
      const ipvs = { ...given.ipvs, scheduler };
      const { value } = compile([{ name: 'cluster.json', text }], { ...given, mode: 'ipvs', ipvs });
      const written = stateFrom((part) => artifactText(value, ARTIFACTS[part]));
      const read = await withGuestNetns(async (host) => {
        await loadState(host, written, 'nft');
        return readState(host, 'nft');
      });
      expect(stateDifferences(read, written)).toEqual([]);
    },
  );
});
