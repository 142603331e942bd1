/**
 * Goldens of several clusters: the output for every case of fixtures/clusters, kept under the same path in golden/.
 * `GOLDEN=write` rewrites them; CI never does.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { format, inOrder } from '../cli/report.js';
import { ROOT } from '../testing/cases/cases.js';
import { clusterCases, clusterGoldens } from '../testing/cases/cluster-cases.js';

const GOLDEN = `${ROOT}golden/clusters`;
const WRITE = process.env['GOLDEN'] === 'write' && !process.env['CI'];

describe.each(clusterCases())('$name', (found) => {
  const { files: made, diagnostics } = clusterGoldens(found);
  const lines = inOrder(diagnostics).flatMap((each) => [...format(each, (_, text) => text), '']);
  const files = new Map([...made, ...(lines.length > 0 ? [['diagnostics.txt', lines.join('\n')] as const] : [])]);
  const directory = `${GOLDEN}/${found.name}`;

  if (WRITE) {
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true });
    for (const [name, text] of files) writeFileSync(`${directory}/${name}`, text);
  }

  it('says what each cluster is about', () => {
    for (const { text } of found.sources) expect(text).toMatch(/^# [A-Z].{30,}/);
  });

  it('has exactly the goldens it makes', () => {
    expect(existsSync(directory) ? readdirSync(directory).sort() : []).toEqual([...files.keys()].sort());
  });

  it.each([...files.keys()])('%s is as it was', (name) => {
    expect(files.get(name)).toBe(readFileSync(`${directory}/${name}`, 'utf8'));
  });
});

it('golden/clusters has no directory without a case', () => {
  expect(readdirSync(GOLDEN).sort()).toEqual(clusterCases().map(({ name }) => name));
});
