/**
 * README: its console transcripts, run by a shell against the built command.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ROOT } from './cases.js';

export const README = readFileSync(`${ROOT}README.md`, 'utf8');

interface Step {
  readonly command: string;
  readonly output: string;
}

/** The commands of every transcript of a kind, with what they print. */
function stepsOf(kind: string): readonly Step[] {
  const blocks = README.matchAll(new RegExp(`\`\`\`${kind}\\n([^]*?)\`\`\``, 'g'));
  return [...blocks].flatMap(([, transcript = '']) =>
    transcript
      .split(/^\$ /m)
      .slice(1)
      .map((step) => {
        const end = step.indexOf('\n');
        return { command: step.slice(0, end), output: step.slice(end + 1) };
      }),
  );
}

/** Tests that each command of the transcripts of a kind, one after the other, prints what the README says. */
export function itPrintsWhatItSays(kind: string): void {
  const directory = mkdtempSync(join(tmpdir(), 'vipc-readme-'));
  const steps = stepsOf(kind);

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
}
