/**
 * Goldens of discovery: the output of the commands for every case of fixtures/discover, one file per question.
 * GOLDEN=write rewrites them; the review is `git diff`. CI never writes.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { ROOT } from '../testing/cases/cases.js';
import { type DiscoverCase, discoverCases } from '../testing/cases/discover.js';
import { vipc } from '../testing/run/vipc.js';

const WRITE = process.env['GOLDEN'] === 'write' && !process.env['CI'];

/** The goldens of a case by name: the output of each command, and its diagnostics. */
async function goldens({ path, lookups, namespaces }: DiscoverCase): Promise<Map<string, string>> {
  const text = readFileSync(`${ROOT}${path}`, 'utf8');
  const files = new Map<string, string>();
  if (namespaces.length === 0) {
    const zone = await vipc(['dns', '-v'], text);
    files.set('zone.txt', zone.stdout);
    files.set('dns.json', (await vipc(['dns', '--format', 'json'], text)).stdout);
    if (zone.stderr !== '') files.set('diagnostics.txt', zone.stderr);
  }
  const answered: string[] = [];
  for (const { name, namespace, type } of lookups) {
    const argv = ['dns', name, '--from-namespace', namespace, ...(type === undefined ? [] : ['--type', type])];
    answered.push(transcript(argv, await vipc(argv, text)));
  }
  if (answered.length > 0) files.set('lookups.txt', answered.join('\n'));
  const environments: string[] = [];
  for (const namespace of namespaces) {
    const argv = ['env', '-v', '-n', namespace];
    environments.push(transcript(argv, await vipc(argv, text)));
  }
  if (environments.length > 0) files.set('env.txt', environments.join('\n'));
  return files;
}

/** Standard output, then standard error. */
function transcript(argv: readonly string[], result: { code: number; stdout: string; stderr: string }): string {
  const marked = result.stderr.replace(/^(?=.)/gm, '! ');
  return `$ vipc ${argv.join(' ')}    # exit ${result.code}\n${marked}${result.stdout}`;
}

describe.each(discoverCases())('$name: $about', (found) => {
  const directory = `${ROOT}golden/${found.name}`;
  let files = new Map<string, string>();

  beforeAll(async () => {
    files = await goldens(found);
    if (!WRITE) return;
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true });
    for (const [name, text] of files) writeFileSync(`${directory}/${name}`, text);
  });

  it('says what it is about', () => expect(found.about).toMatch(/^[A-Z].{20,}/));

  it('is as it was', () => {
    const kept = existsSync(directory) ? readdirSync(directory).sort() : [];
    const texts = kept.map((name) => [name, readFileSync(`${directory}/${name}`, 'utf8')] as const);
    expect(Object.fromEntries(files)).toEqual(Object.fromEntries(texts));
  });
});

it('golden/discover has no directory without a case', () => {
  const names = readdirSync(`${ROOT}golden/discover`).map((name) => `discover/${name}`);
  expect(names.sort()).toEqual(discoverCases().map(({ name }) => name));
});
