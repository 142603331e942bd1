/**
 * A random walk: a node gets one snapshot after the other, in either layout of iptables mode or in userspace mode, while a
 * third party breaks rules, ours and its own. After each apply the kernel has our rules as they are compiled, and those of
 * others as the third party left them.
 */
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LAYOUT_NAMES } from '../backends/iptables/lower.js';
import { FAMILIES } from '../ip.js';
import type { Options } from '../options.js';
import { VARIANTS } from '../testing/machine/kernel.js';
import { withNode } from '../testing/machine/netns.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { canonical, FOREIGN, load, type Saves, saves, without } from '../testing/node/foreign.js';
import { applyTo, cleanUp, compileOn, type LiveNode, liveNode } from '../testing/node/live.js';
import { withRelay } from '../testing/node/relayed.js';
import { parseSaved, savedTables } from '../testing/node/saved.js';
import { acts, foreignIn, vandalise } from '../testing/node/vandal.js';
import { type ApiObject, options, snapshots } from '../testing/random/snapshots.js';
import { often, sample, seed } from '../testing/run/extent.js';
import { render } from '../text.js';
import { print } from '../tools/iptables/print.js';

const describeKernel = await describeInKernel();

const STEPS = often(12, 50);

/** What a step begins with: another cluster, some objects of the one at hand, or nothing new. */
const another: fc.Arbitrary<Cluster> = fc.record({ items: snapshots, options });
const change = fc.oneof(
  { weight: 1, arbitrary: another },
  { weight: 2, arbitrary: fc.array(fc.boolean(), { minLength: 5, maxLength: 20 }) },
  { weight: 1, arbitrary: fc.constant(undefined) },
);
const begin = fc.sample(another, { numRuns: 1, seed }) as [Cluster];
/** Modes and layouts. */
const way = fc.constantFrom(...LAYOUT_NAMES.map((layout) => ['iptables', layout] as const), [
  'userspace',
  'kube-proxy',
] as const);
const walk = fc.sample(fc.record({ change, way, acts: fc.array(acts, { maxLength: 3 }) }), { numRuns: STEPS, seed });

describeKernel.each(sample(VARIANTS, 1, 'walk'))(`a walk of ${STEPS} steps, %s (SEED=${seed})`, (variant) => {
  it('reaches the desired state at every step', async () => {
    await withNode(async (host) => {
      await load(host, variant, FOREIGN);
      const made = await liveNode(withRelay(host), variant);
      let node = made;
      let [cluster] = begin;
      let committed = 0;
      for (const [i, { change, way, acts }] of walk.entries()) {
        const [mode, layout] = way;
        node = { ...made, layout };
        cluster = changed(cluster, change, mode);
        for (const act of acts) committed += Number(await vandalise(host, variant, act));
        const foreign = await foreignOn(node);
        const problems = await applied(node, cluster, foreign);
        expect({ step: i, way, acts, problems }).toEqual({ step: i, way, acts, problems: [] });
      }
      // Most acts are possible, so it was a walk and no standing about.
      expect(committed).toBeGreaterThan(walk.flatMap((step) => step.acts).length / 2);
      const foreign = await foreignOn(node);
      expect((await cleanUp(node)).rest.steps).toEqual([]);
      const end = await saves(host, variant);
      for (const family of FAMILIES) expect(wrong(end[family], foreign[family], '')).toEqual([]);
    });
  });
});

interface Cluster {
  readonly items: readonly ApiObject[];
  readonly options: Options;
}

function changed(cluster: Cluster, change: (typeof walk)[number]['change'], mode: string): Cluster {
  const options = { ...cluster.options, mode };
  if (change === undefined) return { ...cluster, options };
  if (!Array.isArray(change)) return { ...change, options: { ...change.options, mode } };
  const items = cluster.items.filter(({ kind }, i) => kind === 'Node' || change[i % change.length]);
  return { options, items };
}

async function foreignOn({ target, variant }: LiveNode): Promise<Saves> {
  const { ipv4, ipv6 } = await saves(target.host, variant);
  return { ipv4: foreignIn(ipv4), ipv6: foreignIn(ipv6) };
}

/** What is not as it should be after the cluster was applied. */
async function applied(node: LiveNode, { items, options }: Cluster, foreign: Saves): Promise<readonly string[]> {
  const sources = [{ name: 'cluster.json', text: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) }];
  const { rest, diagnostics } = await applyTo(node, sources, options);
  const { desired } = await compileOn(node, sources, options);
  const now = await saves(node.target.host, node.variant);
  return [
    ...rest.steps.map(({ program }) => `${program} is to run again`),
    ...diagnostics.map(({ message }) => message),
    ...(desired.iptables?.ruleSets ?? []).flatMap((ruleSet) =>
      wrong(now[ruleSet.family], foreign[ruleSet.family], canonical(render(print(ruleSet)))),
    ),
  ];
}

/** How `now` differs from the rules of others and ours together. */
function wrong(now: string, foreign: string, ours: string): readonly string[] {
  const expected = parseSaved(ours);
  // A chain that is not desired stays while a foreign rule leads to it, but empty.
  const isReferenced = (line: string, table: string) => {
    const [, name = ''] = /^:((?:KUBE|VIPC)-\S+) - /.exec(line) ?? [];
    return name !== '' && !expected.get(table)?.has(name) && foreign.includes(`-j ${name}\n`);
  };
  const lines = [...savedTables(now)].flatMap(([table, lines]) => lines.filter((line) => !isReferenced(line, table)));
  const { rest, harm } = without(lines.join('\n'), foreign);
  return [...harm, ...firstDifference(rest.split('\n'), ours.split('\n'))];
}

function firstDifference(now: readonly string[], expected: readonly string[]): readonly string[] {
  const longest = now.length > expected.length ? now : expected;
  const at = longest.findIndex((_, i) => now[i] !== expected[i]);
  return at < 0 ? [] : [`line ${at + 1} is ${now[at]}, expected is ${expected[at]}`];
}
