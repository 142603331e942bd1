/**
 * The architecture: which folder may import which, and what is pure. testing/house/rules.ts has the rules, and
 * docs/architecture.md prints them; `npm run house` writes that part of the page again.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from './testing/cases/cases.js';
import {
  behindDoors,
  circles,
  type Files,
  fileCircles,
  folderCircles,
  forbidden,
  idle,
  impure,
  runnerBound,
} from './testing/house/check.js';
import { withTable } from './testing/house/page.js';
import { CIRCLES, RULES } from './testing/house/rules.js';
import { sources } from './testing/house/sources.js';
import { usesIn } from './testing/house/uses.js';

const texts = sources();
const files: Files = new Map([...texts].map(([path, text]) => [path, usesIn(path, text)]));

it('nothing imports what its place may not', () => expect(forbidden(files)).toEqual([]));

it('no rule permits what nothing needs', () => expect(idle(files, RULES)).toEqual([]));

it('what is pure runs nothing that is not', () => expect(impure(files, RULES)).toEqual([]));

it('the parts of a file are its own', () => expect(behindDoors(files)).toEqual([]));

it('a bench starts without jest', () => expect(runnerBound(files, 'bench/', 'npm:@jest/globals')).toEqual([]));

it('no files import each other, not even in a circle', () => expect(fileCircles(files)).toEqual(CIRCLES));

it('no steps do, and no folders of one step', () => expect(folderCircles(files)).toEqual([]));

it('only the command line knows flags', () => {
  const below = [...texts].filter(
    ([path]) => path.startsWith('src/') && !/^src\/(?:cli|testing)\/|\.test\.ts$/.test(path),
  );
  const found = below.flatMap(([path, text]) =>
    [...text.matchAll(/\b[A-Z]\w*Flags?\b/g)].map(([name]) => `${path}: ${name}`),
  );
  expect(found).toEqual([]);
});

it('docs/architecture.md has the rules', () => {
  const path = `${ROOT}docs/architecture.md`;
  const page = readFileSync(path, 'utf8');
  if (process.env['GOLDEN'] === 'write') writeFileSync(path, withTable(page));
  else expect(page).toBe(withTable(page));
});

describe('the checks see', () => {
  it.each<[string, Readonly<Record<string, string>>, (files: Files) => readonly string[], readonly string[]]>([
    [
      'a folder that has the name of a package',
      { 'src/review/a.ts': "import '../diff/plan.js'; import 'diff';" },
      forbidden,
      ['src/review/a.ts may not import src/diff/plan.ts'],
    ],
    [
      'a package that has the name of a folder',
      { 'src/diff/a.ts': "import 'review'; import '../review/compare.js';" },
      forbidden,
      ['src/diff/a.ts may not import npm:review'],
    ],
    [
      'a bench that only jest can start',
      {
        'bench/a.ts': "import { type B, b } from '../src/testing/b.js'; import type { C } from '../src/testing/c.js';",
        'src/testing/b.ts': "import { expect } from '@jest/globals';",
        'src/testing/c.ts': "import { it } from '@jest/globals';",
      },
      (files) => runnerBound(files, 'bench/', 'npm:@jest/globals'),
      ['bench/a.ts > src/testing/b.ts > npm:@jest/globals'],
    ],
    ['a folder without a rule', { 'src/new/a.ts': '' }, forbidden, ['src/new/a.ts has no rule']],
    ['a test without a rule', { 'src/new/a.test.ts': '' }, forbidden, ['src/new/a.test.ts has no rule']],
    [
      'what a command loads when it runs',
      { 'src/resolve/a.ts': "await import('../cli/main.js');" },
      forbidden,
      ['src/resolve/a.ts may not import src/cli/main.ts'],
    ],
    [
      'another language',
      { 'src/tools/nft/a.ts': "import '../iptables/types.js';" },
      forbidden,
      ['src/tools/nft/a.ts may not import src/tools/iptables/types.ts'],
    ],
    ['a clock', { 'src/lint/a.ts': 'Date.now();' }, forbidden, ['src/lint/a.ts may not import global:Date.now']],
    [
      'chance beside a hash',
      { 'src/backends/iptables/names.ts': "import { createHash, randomUUID } from 'node:crypto';" },
      forbidden,
      ['src/backends/iptables/names.ts may not import node:crypto (createHash, randomUUID)'],
    ],
    [
      'a test that reaches for a command',
      { 'src/resolve/a.test.ts': "import '../cli/main.js'; import '../testing/cases/cases.js'; Date.now();" },
      forbidden,
      ['src/resolve/a.test.ts may not import src/cli/main.ts'],
    ],
    [
      'what is made first',
      { 'src/read/a.ts': 'await import(name);' },
      forbidden,
      ['src/read/a.ts may not import computed'],
    ],
    [
      'a file that runs what is not pure',
      { 'src/read/parse.ts': "import { a } from './source.js'; import type { B } from './source.js';" },
      (found) => impure(found, RULES),
      ['src/read/parse.ts is pure, and src/read/source.ts is not'],
    ],
    [
      'a part behind its door',
      { 'src/a/x.ts': '', 'src/a/x/y.ts': '', 'src/a/x/z.ts': "import './y.js'", 'src/a/b.ts': "import './x/y.js'" },
      behindDoors,
      ['src/a/b.ts imports src/a/x/y.ts, a part of src/a/x.ts'],
    ],
    [
      'files in a circle',
      {
        'src/a.ts': "import './b.js'",
        'src/b.ts': "import type {} from './c.js'",
        'src/c.ts': "export * from './a.js'",
      },
      fileCircles,
      ['src/a.ts ↔ src/b.ts ↔ src/c.ts'],
    ],
    [
      'steps in a circle that no files are in',
      { 'src/a/1.ts': "import '../b/1.js'", 'src/b/2.ts': "import '../a/2.js'", 'src/a/2.ts': '', 'src/b/1.ts': '' },
      folderCircles,
      ['src/a ↔ src/b'],
    ],
  ])('%s', (_, texts, check, found) => {
    const each = Object.entries(texts).map(([path, text]) => [path, usesIn(path, text)] as const);
    expect(check(new Map(each))).toEqual(found);
  });

  it('of circles each once, and nothing that only leads to one', () => {
    const edges = [
      ['a', 'b'],
      ['b', 'a'],
      ['x', 'a'],
      ['a', 'y'],
      ['c', 'c'],
    ] as const;
    expect(circles(edges)).toEqual(['a ↔ b', 'c']);
  });
});
