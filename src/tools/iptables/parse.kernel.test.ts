import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { loadsInKernel, TOOLS } from '../../testing/machine/kernel.js';
import { describeInKernel } from '../../testing/machine/rings.js';
import { render } from '../../text.js';
import { parse } from './parse.js';
import { print } from './print.js';

const FOREIGN = { ipv4: 'iptables-save', ipv6: 'ip6tables-save' } as const;

(await describeInKernel())('foreign rules', () => {
  it.each(TOOLS)('$family $variant: what the kernel says is read and printed again', async ({ family, variant }) => {
    const text = readFileSync(new URL(`./foreign/${FOREIGN[family]}`, import.meta.url), 'utf8');
    // What was parsed and printed must be text that iptables-restore accepts too.
    const ours = render(print(parse(text, family).value));
    const [result] = await loadsInKernel([{ family, variant, text: ours }]);
    const saved = (result?.saved ?? '').replace(/^#.*\n/gm, '').replace(/\[\d+:\d+\]$/gm, '[0:0]');
    expect(result?.error).toBeUndefined();
    const { value, diagnostics } = parse(saved, family);
    expect(diagnostics).toEqual([]);
    expect(render(print(value))).toBe(saved);
    // nft and legacy print the tables in different orders.
    expect(saved.split('\n').sort()).toEqual(ours.split('\n').sort());
  });
});
