/** kube-proxy's dumps through this kernel: a difference here is caused by the kernel or the tools, not by our rules. */
import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { FAMILIES } from '../ip.js';
import { conformanceCases } from '../testing/cases/cases.js';
import { loadsInKernel, VARIANTS } from '../testing/machine/kernel.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { savedTables } from '../testing/node/saved.js';
import { sample } from '../testing/run/extent.js';

const describeKernel = await describeInKernel();

const dumps = conformanceCases().flatMap(({ name, dumps }) =>
  FAMILIES.flatMap((family) => {
    const path = dumps[family];
    return path === undefined ? [] : VARIANTS.map((variant) => ({ name, family, variant, path }));
  }),
);

describeKernel("kube-proxy's own rules read back as they were", () => {
  it.each(sample(dumps, 20))('$name $family $variant', async ({ family, variant, path }) => {
    const text = readFileSync(path, 'utf8');
    const [loaded] = await loadsInKernel([{ family, variant, text }]);
    expect(loaded?.error).toBeUndefined();
    expect(Object.fromEntries(savedTables(loaded?.saved ?? ''))).toEqual(Object.fromEntries(savedTables(text)));
  });
});
