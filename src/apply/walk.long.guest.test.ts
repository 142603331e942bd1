/**
 * A random walk in ipvs mode: a node gets one cluster after the other, in iptables mode now and then, and a third party
 * breaks it in between. After each apply the kernel has what is compiled, and what others have is as it was.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Options } from '../options.js';
import { artifactsOf } from '../pipeline.js';
import { artifactText } from '../testing/cases/compiled.js';
import { makeGuestNetns } from '../testing/machine/guest.js';
import { addNodeAddresses, type Netns } from '../testing/machine/netns.js';
import { describeInGuest } from '../testing/machine/rings.js';
import { apart, type Everything, makeForeign, readEverything, withoutTheirs } from '../testing/node/foreign-ipvs.js';
import { applyTo, cleanUp, compileOn, type LiveNode, liveNode } from '../testing/node/live.js';
import { ARTIFACTS, type NodeState, stateDifferences, stateFrom } from '../testing/node/node-state.js';
import { ACT_NAMES, vandalise } from '../testing/node/vandal-ipvs.js';
import { type ApiObject, options, snapshots } from '../testing/random/snapshots.js';
import { seed } from '../testing/run/extent.js';

const describeGuest = await describeInGuest();

const STEPS = 5;

interface Cluster {
  readonly items: readonly ApiObject[];
  readonly options: Options;
}

const mode = fc.constantFrom('ipvs', 'ipvs', 'ipvs', 'iptables');
const cluster: fc.Arbitrary<Cluster> = fc.record({
  items: snapshots,
  options: fc.tuple(options, mode).map(([given, mode]) => ({ ...given, mode })),
});
const act = fc.record({ name: fc.constantFrom(...ACT_NAMES), number: fc.nat({ max: 1000 }) });
/** Another cluster, or a change by another program: a node port could be lost with the sets that show it to be ours. */
const step = fc.oneof(
  { weight: 1, arbitrary: cluster },
  { weight: 2, arbitrary: fc.array(act, { minLength: 1, maxLength: 3 }) },
);
const [begin] = fc.sample(cluster, { numRuns: 1, seed });
const walk = fc.sample(step, { numRuns: STEPS, seed });

/** The desired state, as the tools print it; without the parts that the mode does not have. */
async function desiredState(node: LiveNode, { items, options }: Cluster): Promise<NodeState> {
  const artifacts = artifactsOf(await compileOn(node, sourcesOf(items), options));
  const names = new Set(artifacts.map(({ name }) => name));
  const text = (name: string) => (names.has(name) ? withoutTheirs(artifactText(artifacts, name)) : '');
  return stateFrom((part) => text(ARTIFACTS[part]));
}

function sourcesOf(items: readonly ApiObject[]) {
  return [{ name: 'cluster.json', text: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) }];
}

describeGuest(`a walk of ${STEPS} steps in ipvs mode (SEED=${seed})`, () => {
  let netns: Netns;
  let node: LiveNode;
  let foreign: Everything;
  let now = begin as Cluster;

  beforeAll(async () => {
    netns = await makeGuestNetns();
    await addNodeAddresses(netns.host);
    foreign = await makeForeign(netns.host, 'nft');
    node = await liveNode(netns.host, 'nft');
    await applyTo(node, sourcesOf(now.items), now.options);
  });

  afterAll(() => netns?.remove());

  it.each(
    walk.map(
      (each, i) =>
        [i, Array.isArray(each) ? each.map(({ name }) => name).join(', ') : each.options.mode, each] as const,
    ),
  )('step %i: %s', async (_, __, each) => {
    if (!Array.isArray(each)) now = each;
    else for (const { name, number } of each) await vandalise(netns.host, name, number);
    const { rest, diagnostics } = await applyTo(node, sourcesOf(now.items), now.options);
    expect([...rest.steps, ...diagnostics]).toEqual([]);
    const parted = apart(await readEverything(netns.host, 'nft'), foreign);
    const there = now.options.mode === 'ipvs' ? parted.rest : { ...parted.rest, sysctl: '' };
    const compiled = await desiredState(node, now);
    const sysctl = now.options.mode === 'ipvs' ? compiled.sysctl : '';
    expect([...parted.harm, ...stateDifferences(there, { ...compiled, sysctl })]).toEqual([]);
  });

  it('cleanup leaves what others have', async () => {
    const { rest, diagnostics } = await cleanUp(node);
    expect([...rest.steps, ...diagnostics]).toEqual([]);
    const { harm, rest: left } = apart(await readEverything(netns.host, 'nft'), foreign);
    expect([harm, { ...left, sysctl: '' }]).toEqual([[], stateFrom(() => '')]);
  });
});
