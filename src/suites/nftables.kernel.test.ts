/**
 * The files of nftables mode in the kernel: nft lists what they say, and loading them again changes nothing. For a
 * conformance case layout kube-proxy lists kube-proxy's rules, too.
 */
import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from '@jest/globals';
import { nftGoldens } from '../testing/cases/cases.js';
import { nftBlocks } from '../testing/cases/nft-blocks.js';
import { nftPrinted } from '../testing/cases/nft-printed.js';
import { succeeded, withNetns } from '../testing/machine/netns.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { sample } from '../testing/run/extent.js';

const describeKernel = await describeInKernel();

const goldens = nftGoldens();

it('there are goldens, and dumps to compare with', () => {
  expect(goldens.length).toBeGreaterThan(160);
  expect(goldens.filter(({ dump }) => dump !== undefined)).toHaveLength(43);
});

describeKernel.each(sample(goldens, 40))('$name', ({ path, dump }) => {
  const text = readFileSync(path, 'utf8');
  const listings: string[] = [];

  beforeAll(() =>
    withNetns(async (host) => {
      for (let i = 0; i < 2; i++) {
        succeeded(await host.run(['nft', '-f', '-'], text), 'nft -f');
        listings.push(succeeded(await host.run(['nft', 'list', 'ruleset']), 'nft list').stdout);
      }
    }),
  );

  it('is what nft lists', () => {
    expect(nftBlocks(listings[0] ?? '')).toEqual(nftBlocks(text));
  });

  it('is what vipc makes of the listing, byte for byte', () => {
    expect(nftPrinted(listings[0] ?? '')).toBe(nftPrinted(text));
  });

  it('changes nothing when loaded twice', () => expect(listings[1]).toBe(listings[0]));

  if (dump !== undefined) {
    it("is kube-proxy's, as sets of elements and lists of rules", () => {
      expect(nftBlocks(listings[0] ?? '')).toEqual(nftBlocks(readFileSync(dump, 'utf8')));
    });
  }
});
