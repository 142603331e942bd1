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
import { parseJson } from './parse-json.js';
import { print, printElement } from './print.js';
import { printRule, ruleContext } from './print-rule.js';
import type { Table } from './types.js';

const VERSIONS = nftVersions();

/** Loads tables into a namespace of their own and lists them. */
function listed(program: string, tables: readonly Table[]): Promise<{ listing: string; json: string }> {
  return withNetns(async (host) => {
    const text = render(print(tables));
    succeeded(await host.run([program, '-f', '-'], text), `nft -f of:\n${text}\n`);
    const list = async (...options: readonly string[]) =>
      succeeded(await host.run([program, ...options, 'list', 'ruleset']), 'nft list ruleset').stdout;
    return { listing: await list(), json: await list('-j') };
  });
}

/** What the JSON of every version has: elements and the texts of rules. */
function rules(tables: readonly Table[]): unknown {
  return tables.map((table) => {
    const context = ruleContext({ ...table, sets: [] });
    const sets = table.sets.map(({ name, elements }) => [name, [...elements()].map(printElement).sort()]);
    const chains = table.chains.map(({ name, rules: all }) => [name, all().map((rule) => printRule(rule, context))]);
    return [table.name, sets, chains];
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
        const { listing, json } = await listed(program, value);
        expect(rules(parseJson(json).value)).toEqual(rules(value));
        expect(data(parse(listing).value)).toEqual(data(value));
        if (name === 'installed') expect(listingLines(listing)).toEqual(listingLines(render(print(value))));
      }
    },
  );

  it.each(VERSIONS)('$name: random rules, printed, loaded and listed, are the same', async ({ program }) => {
    const law = fc.asyncProperty(randomTable(), async (table) => {
      const { listing, json } = await listed(program, [table]);
      const { value, diagnostics } = parse(listing);
      expect(diagnostics).toEqual([]);
      expect(data(value)).toEqual(data([table]));
      expect(rules(parseJson(json).value)).toEqual(rules([table]));
    });
    await fc.assert(law, { seed, numRuns: often(10, 60) });
  });
});
