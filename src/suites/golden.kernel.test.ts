/** The law of every golden: the kernel prints it unchanged after loading it, and loading it again changes nothing. */
import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { goldenRules } from '../testing/cases/cases.js';
import { loadsInKernel, VARIANTS } from '../testing/machine/kernel.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { savedTables } from '../testing/node/saved.js';
import { sample } from '../testing/run/extent.js';

const describeKernel = await describeInKernel();

it('there are goldens', () => {
  expect(goldenRules().length).toBeGreaterThan(0);
});

const all = goldenRules().flatMap((golden) => VARIANTS.map((variant) => ({ ...golden, variant })));

describeKernel('save(load(golden)) is golden', () => {
  it.each(sample(all, 25))('$name $variant', async ({ path, family, variant }) => {
    const text = readFileSync(path, 'utf8');
    const load = { family, variant, text };
    for (const loaded of await loadsInKernel([load, load])) {
      expect(loaded.error).toBeUndefined();
      expect(Object.fromEntries(savedTables(loaded.saved))).toEqual(Object.fromEntries(savedTables(text)));
    }
  });
});
