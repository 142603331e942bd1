/**
 * A random walk in nftables mode: a node gets one snapshot after the other, in either layout, while a third party breaks
 * our tables. After each apply the kernel has the tables that are compiled, and those of others as they were.
 */
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LAYOUT_NAMES } from '../backends/nftables/lower.js';
import type { Options } from '../options.js';
import { nftBlocks } from '../testing/cases/nft-blocks.js';
import { succeeded, withNode } from '../testing/machine/netns.js';
import { nftVersions } from '../testing/machine/nft.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { applyTo, cleanUp, compileOn, type LiveNode, liveNode } from '../testing/node/live.js';
import { withRelay } from '../testing/node/relayed.js';
import { nftActs, vandalise } from '../testing/node/vandal-nft.js';
import { type ApiObject, options, snapshots } from '../testing/random/snapshots.js';
import { ALL, often, sample, seed } from '../testing/run/extent.js';
import { render } from '../text.js';
import { parse } from '../tools/nft/parse.js';
import { print } from '../tools/nft/print.js';
import type { Table } from '../tools/nft/types.js';
import type { Host } from './host.js';

const describeKernel = await describeInKernel();

const STEPS = often(6, 30);

const clusters: fc.Arbitrary<Cluster> = fc.record({
  items: snapshots,
  options: options.map((given) => ({ ...given, mode: 'nftables' })),
});
const steps = fc.record({
  /** Another cluster, some objects of the one at hand, or nothing new. */
  change: fc.oneof(
    { weight: 1, arbitrary: clusters },
    { weight: 2, arbitrary: fc.array(fc.boolean(), { minLength: 5, maxLength: 20 }) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  ),
  layout: fc.constantFrom(...LAYOUT_NAMES),
  chainsPerTransaction: fc.constantFrom(1, 500),
  acts: fc.array(nftActs, { maxLength: 3 }),
});
const [begin] = fc.sample(clusters, { numRuns: 1, seed }) as [Cluster];
const walk = fc.sample(steps, { numRuns: STEPS, seed });

interface Cluster {
  readonly items: readonly ApiObject[];
  readonly options: Options;
}

describeKernel.each(sample(nftVersions(), 1, 'walk'))(
  `a walk of ${STEPS} steps, nft $name (SEED=${seed})`,
  ({ program }) => {
    it('reaches the desired state at every step', async () => {
      await withNode(async (host) => {
        let node = await liveNode(withRelay(host), 'nft', program);
        let cluster = begin;
        let committed = 0;
        for (const [step, { change, layout, chainsPerTransaction, acts }] of walk.entries()) {
          cluster = changed(cluster, change);
          node = { ...node, layout, chainsPerTransaction };
          for (const act of acts) committed += Number(await vandalise(host, program, act));
          const foreign = await foreignOn(host, program);
          const problems = await applied(node, program, cluster);
          expect({ step, acts, problems }).toEqual({ step, acts, problems: [] });
          expect(await foreignOn(host, program)).toEqual(foreign);
        }
        // Most acts are possible, so it was a walk and no standing about; of the few of a quick run chance may take most.
        expect(committed).toBeGreaterThan(ALL ? walk.flatMap((step) => step.acts).length / 3 : -1);
        const foreign = await foreignOn(host, program);
        expect((await cleanUp(node)).rest.steps).toEqual([]);
        expect(blocks(await tablesOn(host, program))).toEqual(foreign);
      });
    });
  },
);

function changed(cluster: Cluster, change: (typeof walk)[number]['change']): Cluster {
  if (change === undefined) return cluster;
  if (!Array.isArray(change)) return change;
  const items = cluster.items.filter(({ kind }, i) => kind === 'Node' || change[i % change.length]);
  return { ...cluster, items };
}

/** What is not as it should be after the cluster was applied. */
async function applied(node: LiveNode, program: string, { items, options }: Cluster): Promise<readonly string[]> {
  const sources = [{ name: 'cluster.json', text: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) }];
  const { rest, diagnostics } = await applyTo(node, sources, options);
  const { desired } = await compileOn(node, sources, options);
  const now = blocks((await tablesOn(node.target.host, program)).filter(isOurs));
  const expected = blocks(desired.nft?.tables ?? []);
  const names = [...new Set([...Object.keys(now), ...Object.keys(expected)])];
  return [
    ...rest.steps.map(({ input }) => `to run again: ${input.map(({ text }) => text).join('; ')}`),
    ...diagnostics.map(({ message }) => message),
    ...names
      .filter((name) => String(now[name]) !== String(expected[name]))
      .map((name) => `${name} has ${now[name]?.join(' | ')}, expected is ${expected[name]?.join(' | ')}`),
  ];
}

async function tablesOn(host: Host, program: string): Promise<readonly Table[]> {
  const { value, diagnostics } = parse(succeeded(await host.run([program, 'list', 'ruleset']), 'nft list').stdout);
  expect(diagnostics).toEqual([]);
  return value;
}

async function foreignOn(host: Host, program: string): Promise<ReturnType<typeof nftBlocks>> {
  return blocks((await tablesOn(host, program)).filter((table) => !isOurs(table)));
}

function isOurs({ family, name }: Table): boolean {
  return name === 'kube-proxy' && family !== 'inet';
}

function blocks(tables: readonly Table[]): ReturnType<typeof nftBlocks> {
  return nftBlocks(render(print(tables)));
}
