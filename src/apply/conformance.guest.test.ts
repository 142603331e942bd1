/**
 * ipvs mode, from one conformance case to the next, on a node where others have rules, sets, virtual servers and a device:
 * after each step the kernel has what kube-proxy itself programmed, theirs is as it was, and in the end nothing else is.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type ConformanceCase, caseInput, conformanceCases } from '../testing/cases/cases.js';
import { makeGuestNetns } from '../testing/machine/guest.js';
import type { Variant } from '../testing/machine/kernel.js';
import { addNodeAddresses, type Netns } from '../testing/machine/netns.js';
import { describeInGuest } from '../testing/machine/rings.js';
import { apart, type Everything, makeForeign, readEverything } from '../testing/node/foreign-ipvs.js';
import { applyTo, cleanUp, differenceTo, type LiveNode, liveNode } from '../testing/node/live.js';
import { DUMPED, readNodeState, stateDifferences } from '../testing/node/node-state.js';
import { ALL, sample } from '../testing/run/extent.js';

const describeGuest = await describeInGuest();

/** Settings stay that kube-proxy writes in one case and leaves alone in another. */
const LAST = 'conformance/ipvs-strict-arp';
const all = [...conformanceCases()].sort((a, b) => Number(a.name === LAST) - Number(b.name === LAST));
const last = all.slice(-1);
const others = all.slice(0, -1);
const random = all.filter(({ name }) => /random-0[1-4]/.test(name));

const RUNS: readonly (readonly [Variant, readonly ConformanceCase[]])[] = [
  ['nft', [...sample(others, 1, '', 2), ...last]],
  ...(ALL ? ([['legacy', random]] as const) : []),
];

it('there are cases to walk through', () => {
  expect([others, last, random].map(({ length }) => length)).toEqual([45, 1, 4]);
});

describeGuest.each(RUNS)('apply, ipvs mode, %s', (variant, some) => {
  let netns: Netns;
  let foreign: Everything;
  let node: LiveNode;

  beforeAll(async () => {
    netns = await makeGuestNetns();
    await addNodeAddresses(netns.host);
    foreign = await makeForeign(netns.host, variant);
    node = await liveNode(netns.host, variant);
  });

  afterAll(() => netns?.remove());

  it.each(some)('$name', async ({ directory, ...each }) => {
    const { sources, options } = caseInput({ directory, ...each });
    const { rest, diagnostics, forgotten } = await applyTo(node, sources, { ...options, mode: 'ipvs' });
    expect([...rest.steps, ...diagnostics, ...forgotten.diagnostics]).toEqual([]);
    const now = apart(await readEverything(netns.host, variant), foreign);
    const theirs = readNodeState(`${directory}kube-proxy/ipvs`, DUMPED);
    expect([...now.harm, ...stateDifferences(now.rest, theirs)]).toEqual([]);
  });

  it('another apply finds nothing to do, and no difference', async () => {
    const { sources, options } = caseInput(some.at(-1) as ConformanceCase);
    const again = await applyTo(node, sources, { ...options, mode: 'ipvs' });
    expect(again.plan.steps).toEqual([]);
    expect(await differenceTo(node, sources, { ...options, mode: 'ipvs' })).toEqual([]);
  });

  it('cleanup leaves what others have', async () => {
    const { rest, diagnostics } = await cleanUp(node);
    expect([...rest.steps, ...diagnostics]).toEqual([]);
    const { state, addresses } = await readEverything(netns.host, variant);
    expect({ state: { ...state, sysctl: '' }, addresses }).toEqual({
      ...foreign,
      state: { ...foreign.state, sysctl: '' },
    });
  });
});
