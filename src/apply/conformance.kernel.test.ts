/**
 * From one conformance case to the next, on nodes with rules of others and without: after each step the kernel has what
 * kube-proxy itself wrote for the case, the rules of others are as they were, and in the end nothing else is left.
 */
import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { FAMILIES, type Family } from '../ip.js';
import { type ConformanceCase, caseInput, conformanceCases } from '../testing/cases/cases.js';
import { compiledRules } from '../testing/cases/compiled.js';
import { differences } from '../testing/cases/conformance.js';
import { VARIANTS } from '../testing/machine/kernel.js';
import { withNode } from '../testing/machine/netns.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { canonical, FOREIGN, load, type Saves, saves, without } from '../testing/node/foreign.js';
import { applyTo, cleanUp, differenceTo, type LiveNode, liveNode } from '../testing/node/live.js';
import { sample } from '../testing/run/extent.js';

const describeKernel = await describeInKernel();

const all = conformanceCases().filter(({ dumps }) => dumps.ipv4 !== undefined);

it('there are cases to walk through', () => {
  expect(all.length).toBe(43);
});

describeKernel.each(sample(VARIANTS, 1, 'conformance'))('apply, %s', (variant) => {
  it('walks from case to case among rules of others, and back', async () => {
    await withNode(async (host) => {
      await load(host, variant, FOREIGN);
      const foreign = await saves(host, variant);
      const node = { ...(await liveNode(host, variant)), layout: 'kube-proxy' };
      const problems: string[] = [];
      for (const each of sample(all, 6, variant, 22)) problems.push(...(await step(node, each, foreign)));
      expect(problems).toEqual([]);
      expect((await cleanUp(node)).rest.steps).toEqual([]);
      expect(await saves(host, variant)).toEqual(foreign);
    });
  });

  it.each(
    sample(
      all.filter((_, i) => i % 6 === 0),
      1,
      `alone ${variant}`,
    ),
  )('comes and goes: $name', async (each) => {
    await withNode(async (host) => {
      const node = { ...(await liveNode(host, variant)), layout: 'kube-proxy' };
      expect(await step(node, each, EMPTY)).toEqual([]);
      expect((await cleanUp(node)).rest.steps).toEqual([]);
      const after = await saves(host, variant);
      expect(FAMILIES.map((family) => without(after[family], EMPTY[family]).rest)).toEqual(['', '']);
    });
  });
});

const EMPTY: Saves = { ipv4: '', ipv6: '' };

/** Applies a case; what is not as it should be. */
async function step(node: LiveNode, each: ConformanceCase, foreign: Saves): Promise<readonly string[]> {
  const { sources, options } = caseInput(each);
  const { rest, diagnostics, forgotten } = await applyTo(node, sources, options);
  const problems = [
    ...rest.steps.map(({ tool }) => `${tool} is to run again`),
    ...[...diagnostics, ...forgotten.diagnostics].map(({ message }) => message),
    ...(await differenceTo(node, sources, options)),
  ];
  const now = await saves(node.target.host, node.variant);
  for (const family of FAMILIES) problems.push(...wrong(each, family, without(now[family], foreign[family])));
  return problems.map((problem) => `${each.name}: ${problem}`);
}

function wrong(each: ConformanceCase, family: Family, { rest, harm }: ReturnType<typeof without>): readonly string[] {
  const theirs = differences(rest, readFileSync(each.dumps[family] ?? '', 'utf8'));
  const isText = rest === canonical(compiledRules(each, family));
  return [...harm, ...theirs, ...(isText ? [] : [`${family}: not the text that is compiled`])];
}
