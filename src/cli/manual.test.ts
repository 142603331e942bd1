/**
 * man/vipc.1 contains the help of the commands, and troff accepts it without warnings. GOLDEN=write (npm run man)
 * rewrites it; CI never does.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { Command, Option } from 'commander';
import { ROOT } from '../testing/cases/cases.js';
import { PROCESS_IO } from './io.js';
import { manualPage } from './manual.js';
import { buildProgram } from './program.js';

const PAGE = `${ROOT}man/vipc.1`;
const WRITE = process.env['GOLDEN'] === 'write' && !process.env['CI'];

it('the page is up to date', () => {
  const page = manualPage(buildProgram(PROCESS_IO, () => {}));
  if (WRITE) {
    mkdirSync(`${ROOT}man`, { recursive: true });
    writeFileSync(PAGE, page);
  }
  expect(readFileSync(PAGE, 'utf8')).toBe(page);
});

/** Programs that check the page; they must print nothing. */
const READERS = [
  ['mandoc', ['-Tlint', '-Wwarning', '-man']],
  ['groff', ['-man', '-ww', '-z', '-Kutf8']],
] as const;

const isInstalled = (program: string) => spawnSync(program, ['--version']).error === undefined;

const HOSTILE = '.so /etc/passwd\\fB\\n(.x \'quoted\' "twice" ^ ~ ` — ’\\';

/** The page of a command whose texts are all hostile. */
function hostilePage(): string {
  const program = new Command('vipc').version('1').description(HOSTILE);
  const command = program.command('run').summary(HOSTILE).description(HOSTILE).argument('[PATH]', HOSTILE);
  command.addOption(new Option('--how <HOW>', HOSTILE)).addHelpText('after', `\nExamples:\n  ${HOSTILE}\n`);
  return manualPage(program);
}

it.each(READERS)('%s has nothing to say', (program, flags) => {
  if (!isInstalled(program)) return;
  for (const page of [readFileSync(PAGE, 'utf8'), hostilePage()]) {
    const { stdout, stderr } = spawnSync(program, flags, { input: page, encoding: 'utf8' });
    // The page has no date, which would have to change with it; it has the version.
    expect((stdout + stderr).split('\n').filter((line) => line !== '' && !line.includes('missing date'))).toEqual([]);
  }
});

it('a reader sees each text as it is', () => {
  if (!isInstalled('mandoc')) return;
  const { stdout } = spawnSync('mandoc', ['-man', '-T', 'utf8', '-O', 'width=300'], {
    input: hostilePage(),
    encoding: 'utf8',
  });
  const lines = stdout.split('\n').map((line) => line.trim());
  expect(lines.filter((line) => line.includes(HOSTILE))).toHaveLength(5);
});
