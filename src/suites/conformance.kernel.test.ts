/**
 * The compiler against kube-proxy and the kernel: the rules compiled for a conformance case, loaded and read back,
 * equal kube-proxy's rules and our text.
 */
import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from '@jest/globals';
import { FAMILIES } from '../ip.js';
import { conformanceCases } from '../testing/cases/cases.js';
import { compiledRules } from '../testing/cases/compiled.js';
import { differences } from '../testing/cases/conformance.js';
import { loadsInKernel, type ReadBack, VARIANTS } from '../testing/machine/kernel.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { savedTables } from '../testing/node/saved.js';
import { sample } from '../testing/run/extent.js';

const describeKernel = await describeInKernel();

const all = conformanceCases().flatMap((each) =>
  FAMILIES.flatMap((family) => {
    const dump = each.dumps[family];
    if (dump === undefined) return [];
    return VARIANTS.map((variant) => ({ each, name: each.name, family, variant, dump }));
  }),
);

it('there are dumps to compare with, for both families and variants', () => {
  expect(all.length).toBe(43 * 4);
});

describeKernel.each(sample(all, 30))('$name $family $variant', ({ each, family, variant, dump }) => {
  let ours = '';
  let first: ReadBack = { saved: '' };
  let second: ReadBack = { saved: '' };

  beforeAll(async () => {
    ours = compiledRules(each, family);
    const load = { family, variant, text: ours };
    [first = first, second = second] = await loadsInKernel([load, load]);
  });

  it("is kube-proxy's, rule for rule", () => {
    expect(first.error).toBeUndefined();
    expect(differences(first.saved, readFileSync(dump, 'utf8'))).toEqual([]);
  });

  it('is what the kernel prints again', () => {
    expect(tables(first.saved)).toEqual(tables(ours));
  });

  it('changes nothing when loaded twice', () => {
    expect(second.error).toBeUndefined();
    expect(tables(second.saved)).toEqual(tables(first.saved));
  });
});

/** By table, because legacy prints tables in another order. */
function tables(text: string): Record<string, readonly string[]> {
  return Object.fromEntries(savedTables(text));
}
