/**
 * Findings of `vipc lint` in every manifest of fixtures/, with notes, and their counts: golden/lint. Each line was
 * reviewed; GOLDEN=write rewrites the goldens; review them with `git diff`. CI never writes.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import type { Diagnostic } from '../diag.js';
import { front } from '../front.js';
import { placeText } from '../read/locate.js';
import { ROOT } from '../testing/cases/cases.js';
import { findingsOf } from './findings.js';

const GOLDEN = `${ROOT}golden/lint`;
const WRITE = process.env['GOLDEN'] === 'write' && !process.env['CI'];

/** Manifests and snapshots, each linted alone. Invalid input has its own goldens. */
const files = readdirSync(`${ROOT}fixtures`, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.yaml') && !name.endsWith('config.yaml') && !/^(?:invalid|yaml)\//.test(name))
  .sort();

const found = files.flatMap((name) => {
  const sources = [{ name: `fixtures/${name}`, text: readFileSync(`${ROOT}fixtures/${name}`, 'utf8') }];
  return findingsOf(front(sources, { remarks: ['suspect'], rules: 'all' }).diagnostics, sources);
});

const lines = found.map(({ origin, severity, code, message }) => {
  return `${origin ? placeText(origin) : ''} ${severity} ${code}: ${message}\n`;
});

function counts(findings: readonly Diagnostic[]): string {
  const byCode = new Map<string, number>();
  for (const { code, severity } of findings) {
    const key = `${code} ${severity}`;
    byCode.set(key, (byCode.get(key) ?? 0) + 1);
  }
  const rows = [...byCode]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, count]) => `${String(count).padStart(4)} ${key}\n`);
  return rows.join('');
}

it.each([
  ['findings.txt', lines.join('')],
  ['counts.txt', counts(found)],
])('%s is as it was', (name, text) => {
  if (WRITE) {
    mkdirSync(GOLDEN, { recursive: true });
    writeFileSync(`${GOLDEN}/${name}`, text);
  }
  expect(text).toBe(readFileSync(`${GOLDEN}/${name}`, 'utf8'));
});

it('looks at every kind of fixture', () => expect(files.length).toBeGreaterThan(120));
