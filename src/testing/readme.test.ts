/**
 * The README is true: its console transcript prints what it says, run by a shell against the built command.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ROOT } from './cases.js';

const README = readFileSync(`${ROOT}README.md`, 'utf8');

interface Step {
  readonly command: string;
  readonly output: string;
}

const steps: readonly Step[] = [...README.matchAll(/```console\n([^]*?)```/g)].flatMap(([, transcript = '']) =>
  transcript
    .split(/^\$ /m)
    .slice(1)
    .map((step) => {
      const end = step.indexOf('\n');
      return { command: step.slice(0, end), output: step.slice(end + 1) };
    }),
);

describe('the tour in the README', () => {
  const directory = mkdtempSync(join(tmpdir(), 'vipc-readme-'));

  beforeAll(() => {
    symlinkSync(`${ROOT}fixtures`, join(directory, 'fixtures'));
    writeFileSync(join(directory, 'vipc'), `#!/bin/sh\nexec "${process.execPath}" "${ROOT}bin/vipc.js" "$@"\n`);
    chmodSync(join(directory, 'vipc'), 0o755);
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it('has steps', () => expect(steps.length).toBeGreaterThan(3));

  it.each(steps)('$command', ({ command, output }) => {
    const env = { ...process.env, PATH: `${directory}:${process.env['PATH']}` };
    const run = execFileSync('bash', ['-c', `{ ${command}; } 2>&1 || true`], { cwd: directory, env, encoding: 'utf8' });
    expect(run).toBe(output);
  });
});

describe('the map in the README', () => {
  it('names files that are there', () => {
    const map = /## Where things are\n\n([^]*?)\n\n`npm run golden/.exec(README)?.[1] ?? '';
    const top = map.split('\n').filter((line) => /^ {4}\S/.test(line));
    const names = top.flatMap((line) => line.trim().split(/ {2,}/)[0]?.split(' ') ?? []);
    expect(names.length).toBeGreaterThan(4);
    expect(names.filter((name) => !existsSync(`${ROOT}${name}`))).toEqual([]);
  });
});
