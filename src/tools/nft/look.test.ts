import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { conformanceCases, nftDump, ROOT } from '../../testing/cases/cases.js';
import { randomTable } from '../../testing/random/nft.js';
import { often, sample, seed } from '../../testing/run/extent.js';
import { render } from '../../text.js';
import { look } from './look.js';
import { parse } from './parse.js';
import { print, printTableName } from './print.js';
import type { Table } from './types.js';

/** Parts that a look at `text` does not know, and those that it does not see; of one that takes `tables` for programmed. */
async function lookAt(text: string, tables: readonly Table[]) {
  const expected = new Set(look.parts({ tables }, { isTable: () => true }));
  const seen = new Set<string>();
  const unknown: string[] = [];
  const ask = async (argv: readonly string[]) => {
    const [, , what, family, name] = argv;
    const tablesOf = text.split(/^(?=table )/m);
    const stdout =
      what === 'flowtables'
        ? tables.map((table) => `${printTableName(table)} {\n}\n`).join('')
        : (tablesOf.find((each) => each.startsWith(`table ${family} ${name} {`)) ?? '').trimEnd();
    return { code: 0, stdout: `${stdout.trimEnd()}\n`, stderr: '' };
  };
  const looked = await look.read(ask, { desired: { tables: [] }, ours: { isTable: () => true } }, (part) => {
    if (expected.has(part)) seen.add(part);
    else unknown.push(part);
    return expected.has(part);
  });
  return { isKnown: looked !== undefined, unknown, missing: [...expected].filter((part) => !seen.has(part)) };
}

const DUMPS = sample(conformanceCases(), 12, 'look').flatMap((each) => nftDump(each) ?? []);

describe('a look at tables of nftables', () => {
  it.each(DUMPS.map((dump, i) => [i, dump] as const))(
    'kube-proxy’s listing %i has the parts that are printed',
    async (_, dump) => {
      const { isKnown, missing, unknown } = await lookAt(dump, parse(dump).value);
      expect({ isKnown, missing }).toEqual({ isKnown: true, missing: [] });
      // Those that were spelled in another way.
      expect(unknown.length).toBeLessThan(5);
    },
  );

  it.each(['ruleset-1.0.6', 'ruleset-1.1.3'])('%s: what other programs write is not mistaken', async (name) => {
    const text = readFileSync(`${ROOT}src/tools/nft/foreign/${name}`, 'utf8');
    const tables = parse(text).value;
    expect((await lookAt(text.replace(/\bdrop$/m, 'accept'), tables)).isKnown).toBe(false);
  });

  it('knows a table by the lines of its text, and no line can be left out or stand twice', () =>
    fc.assert(
      fc.asyncProperty(randomTable(), fc.nat(), async (table, n) => {
        const text = render(print([table]));
        const whole = await lookAt(text, [table]);
        expect({ isKnown: whole.isKnown, missing: whole.missing }).toEqual({ isKnown: true, missing: [] });
        const lines = text.split('\n');
        const at = n % lines.length;
        const [line = ''] = lines.splice(at, 1);
        const less = await lookAt(lines.join('\n'), [table]);
        const isSame = /^\s*$/.test(line) || JSON.stringify(parse(lines.join('\n'))) === JSON.stringify(parse(text));
        if (!isSame) expect(less.isKnown && less.missing.length === 0).toBe(false);
      }),
      { numRuns: often(25, 500), seed },
    ));
});
