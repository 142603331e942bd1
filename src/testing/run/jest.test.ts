/**
 * Guarantees of our jest configuration: tests have no time limit, a test without progress fails, and what a test file
 * leaves on the global object does not crash the worker. Each is checked by its own run of jest.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { ROOT } from '../cases/cases.js';

const directory = mkdtempSync(join(tmpdir(), 'vipc-jest-'));
afterAll(() => rmSync(directory, { recursive: true }));

interface Ran {
  readonly passed: number;
  readonly failed: number;
  readonly messages: string;
}

/** Runs test files, in one worker. */
async function jest(name: string, files: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  const { default: config } = await import(`${ROOT}jest.config.js`);
  const { testEnvironment, testEnvironmentOptions } = config.projects[0];
  const rootDir = join(directory, name);
  mkdirSync(rootDir);
  // Overrides any package.json of a parent directory.
  writeFileSync(join(rootDir, 'package.json'), '{"type":"commonjs"}');
  for (const [i, text] of files.entries()) writeFileSync(join(rootDir, `${i}.js`), text);
  const environment = { testEnvironment: testEnvironment.replace('<rootDir>/', ROOT), testEnvironmentOptions };
  const given = { rootDir, testMatch: ['<rootDir>/*.js'], ...environment };
  const out = join(directory, `${name}.json`);
  const argv = [
    `${ROOT}node_modules/jest/bin/jest.js`,
    '-i',
    '--config',
    JSON.stringify(given),
    '--json',
    '--outputFile',
    out,
  ];
  await new Promise((done) => {
    execFile(process.execPath, argv, { cwd: rootDir, env: { ...process.env, ...env } }, done);
  });
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(out, 'utf8'));
  const messages = testResults
    .map(({ message }: { readonly message: string }) => message)
    .join('')
    .trim();
  return { passed: numPassedTests, failed: numFailedTests, messages };
}

it('a limit on the clock is none, in a test or a hook', async () => {
  const slow = '() => new Promise((done) => setTimeout(done, 300))';
  const ran = await jest('limits', [`jest.setTimeout(50); beforeAll(${slow}, 10); it('slow', ${slow}, 10);`]);
  expect(ran).toEqual({ passed: 1, failed: 0, messages: '' });
});

it('a standstill fails, and what makes progress does not', async () => {
  const computes = `async () => {
    const end = Date.now() + 4000;
    while (Date.now() < end) {
      for (let i = 0; i < 1e7; i++);
      await new Promise((done) => setTimeout(done, 5));
    }
  }`;
  const files = [`it('computes', ${computes}); it('waits', () => new Promise(() => {})); it('is next', () => {});`];
  const ran = await jest('standstill', files, { VIPC_STANDSTILL_SECONDS: '2' });
  expect(ran).toMatchObject({ passed: 2, failed: 1 });
  expect(ran.messages).toContain('no progress: for 2 s, waits has neither computed nor read anything');
});

it('what a test file left on the global object may be changed when the file has ended', async () => {
  const leaves = `it('leaves', async () => {
    const left = { changed: 0 };
    globalThis.left = left;
    setTimeout(() => { left.changed++; }, 600);
    await new Promise((done) => setTimeout(done, 400));
  });`;
  // The change comes while the next file runs.
  expect(await jest('globals', [leaves, leaves, leaves])).toEqual({ passed: 3, failed: 0, messages: '' });
});
