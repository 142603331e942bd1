/**
 * Pages: the README, other top-level pages and docs/. A shell runs their console transcripts with the built command.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ROOT } from '../cases/cases.js';

export interface Page {
  /** Path from the project's root. */
  readonly path: string;
  readonly text: string;
}

/** The README, the other top-level pages, then docs/ sorted by name. */
export const PAGES: readonly Page[] = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...readdirSync(`${ROOT}docs`, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => `docs/${name}`),
].map((path) => ({ path, text: readFileSync(`${ROOT}${path}`, 'utf8') }));

interface Step {
  readonly command: string;
  readonly output: string;
}

/**
 * The commands in a page's transcripts of one kind (`console`, `console root`), with the output that the page shows.
 */
export function stepsOf({ text }: Page, kind: string): readonly Step[] {
  const blocks = text.matchAll(new RegExp(`\`\`\`${kind}\\n([^]*?)\`\`\``, 'g'));
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

/** Tests that the commands of a page, run in order in one directory, print what the page shows. */
export function itPrintsWhatItSays(page: Page, kind: string): void {
  const directory = mkdtempSync(join(tmpdir(), 'vipc-page-'));

  beforeAll(() => {
    symlinkSync(`${ROOT}fixtures`, join(directory, 'fixtures'));
    writeFileSync(join(directory, 'vipc'), `#!/bin/sh\nexec "${process.execPath}" "${ROOT}bin/vipc.js" "$@"\n`);
    chmodSync(join(directory, 'vipc'), 0o755);
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it.each(stepsOf(page, kind))('$command', ({ command, output }) => {
    const env = { ...process.env, PATH: `${directory}:${process.env['PATH']}` };
    const run = execFileSync('bash', ['-c', `{ ${command}; } 2>&1 || true`], { cwd: directory, env, encoding: 'utf8' });
    expect(run).toBe(output);
  });
}
