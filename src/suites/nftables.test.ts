import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { conformanceCases, nftDump, nftGoldens } from '../testing/cases/cases.js';
import { compiledNftables } from '../testing/cases/compiled.js';
import { nftBlocks } from '../testing/cases/nft-blocks.js';
import { nftPrinted } from '../testing/cases/nft-printed.js';

const dumps = conformanceCases().flatMap((each) => {
  const path = nftDump(each);
  return path === undefined ? [] : [{ each, name: each.name, path }];
});

it('there are dumps to compare with', () => expect(dumps).toHaveLength(43));

describe('what nftables mode compiles, before any kernel has seen it', () => {
  it.each(dumps)("$name: is kube-proxy's, as sets of elements and lists of rules", ({ each, path }) => {
    const theirs = nftBlocks(readFileSync(path, 'utf8'));
    expect(Object.keys(theirs).filter((name) => name.startsWith('table ip6 kube-proxy '))).not.toEqual([]);
    expect(nftBlocks(compiledNftables(each))).toEqual(theirs);
  });
});

describe('in a dump', () => {
  it.each(dumps)('$name no rule and no element could go unnoticed', ({ path }) => {
    const dump = readFileSync(path, 'utf8');
    const lines = dump.split('\n');
    const all = JSON.stringify(nftBlocks(dump));
    const unnoticed = lines.filter((line, i) => {
      if (/^\s*\}?$/.test(line)) return false;
      return JSON.stringify(nftBlocks([...lines.slice(0, i), ...lines.slice(i + 1)].join('\n'))) === all;
    });
    expect(unnoticed).toEqual([]);
  });
});

describe('nftables.rules', () => {
  it.each(nftGoldens())('$name: parse and print give it back', ({ path }) => {
    const text = readFileSync(path, 'utf8');
    expect(nftPrinted(text)).toBe(text.replace(/^(?:add |delete |#).*\n/gm, ''));
  });
});
