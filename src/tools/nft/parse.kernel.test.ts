import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { conformanceCases } from '../../testing/cases/cases.js';
import { succeeded, withNetns } from '../../testing/machine/netns.js';
import { nftVersions } from '../../testing/machine/nft.js';
import { describeInKernel } from '../../testing/machine/rings.js';
import { data, listingLines, randomTable } from '../../testing/random/nft.js';
import { often, sample, seed } from '../../testing/run/extent.js';
import { render } from '../../text.js';
import { parse } from './parse.js';
import { print } from './print.js';
import type { Table } from './types.js';

const VERSIONS = nftVersions();

/** Loads tables into a namespace of their own and lists them. */
function listed(program: string, tables: readonly Table[]): Promise<string> {
  return withNetns(async (host) => {
    const text = render(print(tables));
    succeeded(await host.run([program, '-f', '-'], text), `nft -f of:\n${text}\n`);
    return succeeded(await host.run([program, 'list', 'ruleset']), 'nft list ruleset').stdout;
  });
}

(await describeInKernel())('the language nft', () => {
  const cases = conformanceCases()
    .map(({ directory }) => `${directory}kube-proxy/nft`)
    .filter((path) => existsSync(path));

  it.each(VERSIONS)(
    '$name: kube-proxy’s rules, printed, loaded and listed, are the same',
    async ({ name, program }) => {
      for (const each of sample(cases, 4, `nft ${name}`)) {
        const dump = readFileSync(each, 'utf8');
        const { value } = parse(dump);
        const listing = await listed(program, value);
        expect(data(parse(listing).value)).toEqual(data(value));
        if (name === 'installed') expect(listingLines(listing)).toEqual(listingLines(render(print(value))));
      }
    },
  );

  it.each(VERSIONS)('$name: random rules, printed, loaded and listed, are the same', async ({ program }) => {
    const law = fc.asyncProperty(randomTable(), async (table) => {
      const { value, diagnostics } = parse(await listed(program, [table]));
      expect(diagnostics).toEqual([]);
      expect(data(value)).toEqual(data([table]));
    });
    await fc.assert(law, { seed, numRuns: often(10, 150) });
  });
});
