/**
 * nftables mode on a node, with every nft that is here: from one conformance case to the next, over what kube-proxy left,
 * and back to nothing. After each step the kernel has what is compiled; where kube-proxy wrote the rules of the case, it
 * has those. Foreign tables stay as they were.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { LAYOUT_NAMES } from '../backends/nftables/lower.js';
import { type ConformanceCase, caseInput, conformanceCases, nftDump, ROOT } from '../testing/cases/cases.js';
import { nftBlocks } from '../testing/cases/nft-blocks.js';
import { succeeded, withNode } from '../testing/machine/netns.js';
import { nftVersions } from '../testing/machine/nft.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { applyTo, cleanUp, compileOn, differenceTo, type LiveNode, liveNode } from '../testing/node/live.js';
import { sample } from '../testing/run/extent.js';
import { render } from '../text.js';
import { print } from '../tools/nft/print.js';
import type { Host } from './host.js';

const describeKernel = await describeInKernel();

const all = conformanceCases().filter((each) => nftDump(each) !== undefined);

/** Of another program: it must neither be changed nor listed. */
const FOREIGN = `\
table inet firewall {
	set kube-proxy { type ipv4_addr; elements = { 192.0.2.1 } }
	chain input { type filter hook input priority 0; policy accept; ip saddr @kube-proxy drop; }
}
table inet kube-proxy {
	chain services {
	}
}
`;

/** Written after the page on its differences from 1.36: other priorities, chains and marks, under the same names. */
const KUBE_PROXY_1_30 = readFileSync(`${ROOT}src/tools/nft/foreign/kube-proxy-1.30`, 'utf8');

it('there are cases to walk through', () => expect(all).toHaveLength(43));

describeKernel.each(sample(nftVersions(), 1, 'nft'))('nftables mode, nft $name', ({ program }) => {
  const onNode = (use: (node: LiveNode, host: Host) => Promise<void>) =>
    withNode(async (host) => {
      succeeded(await host.run([program, '-f', '-'], FOREIGN), program);
      await use(await liveNode(host, 'nft', program), host);
    });

  describe.each(LAYOUT_NAMES.map((layout) => ({ layout })))('layout $layout', ({ layout }) => {
    it('walks from case to case and back', async () => {
      await onNode(async (bare, host) => {
        const node = { ...bare, layout };
        const before = await listed(host, program);
        const problems: string[] = [];
        for (const each of sample(all, 4, layout, 22)) problems.push(...(await step(node, each, program)));
        expect(problems).toEqual([]);
        expect((await cleanUp(node)).rest.steps).toEqual([]);
        expect(await listed(host, program)).toEqual(before);
      });
    });

    it.each(sample(all, 1, `over ${layout}`, 6))('takes over $name from kube-proxy', async (each) => {
      await onNode(async (bare, host) => {
        const node = { ...bare, layout };
        succeeded(await host.run([program, '-f', '-'], readFileSync(nftDump(each) ?? '', 'utf8')), program);
        const { steps } = (await applyCase(node, each)).plan;
        expect(await wrong(node, each, program)).toEqual([]);
        // Nothing is left to do.
        if (layout === 'kube-proxy') expect(steps).toEqual([]);
      });
    });

    it('takes over from kube-proxy 1.30', async () => {
      await onNode(async (bare, host) => {
        succeeded(await host.run([program, '-f', '-'], KUBE_PROXY_1_30), program);
        const [each] = sample(all, 1, `1.30 ${layout}`);
        expect(each && (await step({ ...bare, layout }, each, program))).toEqual([]);
      });
    });
  });
});

function applyCase(node: LiveNode, each: ConformanceCase): ReturnType<typeof applyTo> {
  const { sources, options } = caseInput(each);
  return applyTo(node, sources, { ...options, mode: 'nftables' });
}

/** Applies a case; what is not as it should be. */
async function step(node: LiveNode, each: ConformanceCase, program: string): Promise<readonly string[]> {
  const { sources, options } = caseInput(each);
  const { rest, diagnostics, forgotten } = await applyCase(node, each);
  return [
    ...rest.steps.map(({ input }) => `to run again: ${input.map(({ text }) => text).join('; ')}`),
    ...[...diagnostics, ...forgotten.diagnostics].map(({ message }) => message),
    ...(await differenceTo(node, sources, { ...options, mode: 'nftables' })),
    ...(await wrong(node, each, program)),
  ].map((problem) => `${each.name}: ${problem}`);
}

async function wrong(node: LiveNode, each: ConformanceCase, program: string): Promise<readonly string[]> {
  const { sources, options } = caseInput(each);
  const { desired } = await compileOn(node, sources, { ...options, mode: 'nftables' });
  const now = await listed(node.target.host, program);
  const texts = [render(print(desired.nft?.tables ?? []))];
  if (node.layout === 'kube-proxy') texts.push(readFileSync(nftDump(each) ?? '', 'utf8'));
  return texts.flatMap((text, i) => {
    const expected = nftBlocks(text);
    const names = new Set([
      ...Object.keys(now).filter((name) => /^table ip6? kube-proxy/.test(name)),
      ...Object.keys(expected),
    ]);
    const differing = [...names].filter((name) => JSON.stringify(now[name]) !== JSON.stringify(expected[name]));
    return differing.map((name) => `${i === 0 ? 'compiled' : "kube-proxy's"}: ${name} has ${now[name]?.join(' | ')}`);
  });
}

async function listed(host: Host, program: string): Promise<ReturnType<typeof nftBlocks>> {
  const { stdout } = succeeded(await host.run([program, 'list', 'ruleset']), 'nft list');
  // nft 1.1 prints names of priorities for the hook output, too.
  return nftBlocks(
    stdout
      .replaceAll('hook output priority dstnat - 10;', 'hook output priority -110;')
      .replaceAll('hook output priority dstnat;', 'hook output priority -100;'),
  );
}
