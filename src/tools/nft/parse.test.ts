import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { render } from '../../text.js';
import { parse } from './parse.js';
import { print } from './print.js';

it('x', () => {
  for (const f of ['t106', 't113', 'a106', 't113g']) {
    const { value, diagnostics } = parse(readFileSync('/tmp/nftlang-x/' + f, 'utf8'));
    expect(diagnostics).toEqual([]);
    const text = render(print(value));
    writeFileSync('/tmp/nftlang-x/' + f + '.out', text);
    writeFileSync(
      '/tmp/nftlang-x/' + f + '.json',
      JSON.stringify(value, (k, v) => (typeof v === 'function' ? [...v()] : v), 1),
    );
    expect(render(print(parse(text).value))).toBe(text);
  }
});
