/**
 * For any snapshot, the kernel accepts the compiled rules, and they read back as written.
 */
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DEFAULT_FEATURES } from './backends/features.js';
import { backendFor } from './backends/index.js';
import { FAMILIES } from './ip.js';
import { compile, textOf } from './pipeline.js';
import { NFT_FILE, RULES_FILE } from './testing/cases/cases.js';
import { artifactText } from './testing/cases/compiled.js';
import { nftPrinted } from './testing/cases/nft-printed.js';
import { type Load, loadsInKernel, NODES } from './testing/machine/kernel.js';
import { withNetns } from './testing/machine/netns.js';
import { describeInKernel } from './testing/machine/rings.js';
import { savedTables } from './testing/node/saved.js';
import { options, snapshots } from './testing/random/snapshots.js';
import { often, seed } from './testing/run/extent.js';
import { render } from './text.js';

const NFT_LAYOUTS = backendFor('nftables')?.layouts ?? [];

const describeKernel = await describeInKernel();

const clusters = fc.sample(fc.tuple(snapshots, options), { numRuns: often(15, 60), seed });

describeKernel(`any snapshot (SEED=${seed})`, () => {
  const combinations = FAMILIES.flatMap((family) => NODES.map((node) => ({ family, ...node })));

  it.each(NFT_LAYOUTS)('loads and reads back: nftables, layout %s', (layout) =>
    withNetns(async (host) => {
      for (const [items, given] of clusters) {
        const source = { name: 'cluster.json', text: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) };
        const text = artifactText(compile([source], { ...given, mode: 'nftables' }, { layout }).value, NFT_FILE);
        expect(await host.run(['nft', '-f', '-'], text)).toMatchObject({ code: 0, stderr: '' });
        const { stdout } = await host.run(['nft', 'list', 'ruleset']);
        expect(nftPrinted(stdout)).toBe(nftPrinted(text));
      }
    }),
  );

  it.each(combinations)(
    'loads and reads back: $family $variant, layout $layout',
    async ({ family, variant, layout }) => {
      const loads = clusters.map(([items, given], i): Load => {
        const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
        const rules = compile(
          [{ name: 'cluster.json', text }],
          { ...given, mode: 'iptables' },
          { layout, features: { ...DEFAULT_FEATURES, bpf: i % 2 === 0 } },
        ).value.find(({ name }) => name === RULES_FILE[family]);
        return { family, variant, text: rules ? render(textOf(rules)) : '' };
      });
      const readBack = await loadsInKernel(loads);
      for (const [i, { error, saved }] of readBack.entries()) {
        expect(error).toBeUndefined();
        expect(Object.fromEntries(savedTables(saved))).toEqual(Object.fromEntries(savedTables(String(loads[i]?.text))));
      }
    },
  );
});
