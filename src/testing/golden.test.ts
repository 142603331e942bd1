/**
 * Goldens: what every case of fixtures/ compiles to, one file per question, kept under the same path in golden/.
 * `npm run golden` rewrites them; the review is `git diff`. CI never writes.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { format, inOrder } from '../cli/report.js';
import { backendFor, compile } from '../pipeline.js';
import { locate } from '../read/locate.js';
import { render } from '../text.js';
import { caseInput, cases, ROOT } from './cases.js';

const GOLDEN = `${ROOT}golden`;
const WRITE = process.env['GOLDEN'] === 'write' && !process.env['CI'];

/** Cases of a proxy mode that there is no backend for can't be compiled yet. */
const compiled = cases().filter((found) => backendFor(caseInput(found).options.mode));

if (WRITE) rmSync(GOLDEN, { recursive: true, force: true });

describe.each(compiled)('$name: $about', (found) => {
  const { sources, options } = caseInput(found);
  const { value, diagnostics } = compile(sources, options);
  const lines = inOrder(diagnostics).flatMap((diagnostic) => [...format(diagnostic, (_, text) => text), '']);
  const files = new Map(value.map((artifact) => [artifact.name, render(artifact.text)]));
  if (lines.length > 0) files.set('diagnostics.txt', lines.join('\n'));
  const directory = `${GOLDEN}/${found.name}`;

  if (WRITE) {
    mkdirSync(directory, { recursive: true });
    for (const [name, text] of files) writeFileSync(`${directory}/${name}`, text);
  }

  it('says what it is about', () => expect(found.about).toMatch(/^[A-Za-z].{20,}/));

  it('has exactly the goldens it makes', () => {
    expect(existsSync(directory) ? readdirSync(directory).sort() : []).toEqual([...files.keys()].sort());
  });

  it.each([...files.keys()])('%s is as it was', (name) => {
    expect(files.get(name)).toBe(readFileSync(`${directory}/${name}`, 'utf8'));
  });

  it('has errors just where its lines say ~ERROR', () => {
    const expected = sources.flatMap(({ text }) =>
      text.split('\n').flatMap((line, i) => {
        const [, code] = /# ~ERROR (\S+)/.exec(line) ?? [];
        return code === undefined ? [] : [`${i + 1} ${code}`];
      }),
    );
    const found = diagnostics
      .filter(({ severity }) => severity === 'error')
      .map(({ origin, code }) => `${origin ? locate(origin).line : 0} ${code}`);
    expect([...new Set(found)].sort()).toEqual(expected.sort());
  });
});

describe('golden/', () => {
  it('has no directory without a case', () => {
    const topics = readdirSync(GOLDEN);
    const directories = topics.flatMap((topic) => readdirSync(`${GOLDEN}/${topic}`).map((name) => `${topic}/${name}`));
    expect(directories.sort()).toEqual(compiled.map(({ name }) => name).sort());
  });
});
