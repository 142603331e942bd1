/**
 * The progress line, on a terminal made by script(1).
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { ROOT } from '../testing/cases/cases.js';
import { describeInKernel } from '../testing/machine/rings.js';

const WEB = `${ROOT}fixtures/tour/web/cluster.yaml`;
const VIPC = `${process.execPath} ${ROOT}bin/vipc.js`;

const describeKernel = await describeInKernel();

/** The terminal output of a command line; `react` sees all of it so far. */
async function onTerminal(
  command: string,
  env: Readonly<Record<string, string>> = {},
  react: (text: string) => void = () => {},
): Promise<string> {
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'] ?? '', TERM: 'xterm', ...env },
  });
  let said = '';
  child.stdout.on('data', (data) => {
    said += String(data);
    react(said);
  });
  await once(child, 'close');
  return said;
}

/** The visible text: CR and EL make a terminal clear the line. */
function seen(text: string): string {
  return text
    .split(/\r?\n/)
    .map((line) => line.slice(line.lastIndexOf('\r\u001b[K') + 1).replace('\u001b[K', ''))
    .join('\n')
    .trim();
}

describeKernel('a command that takes long', () => {
  const directory = mkdtempSync(join(tmpdir(), 'vipc-progress-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  it('says what it waits for, and takes that away before it says anything else', async () => {
    const pipe = join(directory, 'pipe');
    execFileSync('mkfifo', [pipe]);
    // Opens the pipe for writing early, so that this script decides when the input ends.
    const writer = spawn('sh', ['-c', `exec 3>"$0"; read line; cat "$1" >&3`, pipe, WEB], {
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    const said = await onTerminal(`${VIPC} compile - -o ${directory}/out <${pipe}`, {}, (text) => {
      if (text.includes('reading <stdin>')) writer.stdin.end('\n');
    });
    expect(said).toMatch(/reading <stdin>, \d+ s …/);
    expect(seen(said).split('\n')[0]).toMatch(/^wrote .*iptables\.rules/);
  });

  it('says so while it is busy', async () => {
    const script = join(directory, 'busy.mjs');
    writeFileSync(
      script,
      `import { doing, hide } from '${ROOT}dist/cli/progress.js';
      doing('counting \\u001b[2J', process);
      for (const start = Date.now(); Date.now() - start < 4000; );
      hide();
      process.stderr.write('done\\n');`,
    );
    const said = await onTerminal(`${process.execPath} ${script}`);
    expect(said).toMatch(/counting \ufffd\[2J, \d+ s …/);
    expect(seen(said)).toBe('done');
  });

  const slow = `(sleep 3; cat ${WEB}) | ${VIPC} compile - >${directory}/rules`;
  it.each([
    ['in CI', slow, { CI: 'true' }],
    ['on a terminal that cannot erase', slow, { TERM: 'dumb' }],
    ['where standard error is a file', `${slow} 2>&1`, {}],
    ['when it takes no time', `${VIPC} compile ${WEB} >${directory}/rules`, {}],
  ])('says nothing %s', async (_, command, env) => expect(await onTerminal(command, env)).toBe(''));
});
