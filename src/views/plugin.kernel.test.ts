/** vipc as a plugin of kubectl. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ROOT } from '../testing/cases/cases.js';
import { describeInKernel } from '../testing/machine/rings.js';

const describeKernel = await describeInKernel();

describeKernel('kubectl vipc', () => {
  const PLUGIN = `${ROOT}bin/kubectl-vipc.js`;
  let directory = '';
  let env: Record<string, string> = {};

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'vipc-plugin-'));
    symlinkSync(PLUGIN, join(directory, 'kubectl-vipc'));
    env = { ...process.env, PATH: `${directory}:${process.env['PATH']}` };
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  const command = (...argv: readonly [string, ...string[]]) =>
    execFileSync(argv[0], argv.slice(1), { env, cwd: ROOT, encoding: 'utf8', stdio: 'pipe' });

  it('is found', () => expect(command('kubectl', 'plugin', 'list')).toContain(join(directory, 'kubectl-vipc')));

  it.each([
    [['get', 'svc', 'db', 'billing', 'fixtures/look/service-types', '-o', 'wide']],
    [['describe', 'svc/web', 'fixtures/look/service-types']],
    [['compile', 'fixtures/tour/web']],
  ])('kubectl vipc %j is vipc', (args) => {
    const ours = command(process.execPath, `${ROOT}bin/vipc.js`, ...args);
    expect(command('kubectl', 'vipc', ...args)).toBe(ours);
    expect(ours).not.toBe('');
  });

  it('has its name in the help, wherever a command line is', () => {
    const help = command('kubectl', 'vipc', 'get', '--help');
    expect(help).toMatch(/^Usage: kubectl vipc get /);
    expect(help.match(/(?<!kubectl )\bvipc (get|compile)/g)).toBeNull();
    expect(help).toMatch(/^ {2}kubectl vipc get /m);
    expect(help).toMatch(/\| kubectl vipc get -A$/m);
  });
});
