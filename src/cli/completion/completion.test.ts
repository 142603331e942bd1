/**
 * The scripts of `vipc completion`, run in their shells.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Command, Option } from 'commander';
import { ROOT } from '../../testing/cases/cases.js';
import { vipc } from '../../testing/run/vipc.js';
import { runCompletion } from '../completion.js';
import { PROCESS_IO } from '../io.js';
import { buildProgram } from '../program.js';
import { treeOf } from './tree.js';

/** How to start each shell without reading its configuration. */
const SHELLS = [
  ['bash', ['--norc', '--noprofile']],
  ['zsh', ['-f']],
  ['fish', ['--no-config']],
] as const;

const OF_COMPILE = ['--family', '--format'];
const FILES = ['cluster.yaml', 'config.yaml'];

/** A line up to the tab key, and its completions. */
const rows: [line: string, words: readonly string[]][] = [
  ['vipc com', ['compile', 'completion']],
  ['vipc --v', ['--version']],
  ['vipc compile --f', OF_COMPILE],
  ['vipc compile cluster.yaml --f', OF_COMPILE],
  ['vipc compile --mode ', ['iptables', 'ipvs', 'nftables', 'userspace']],
  ['vipc compile --mode ipv', ['ipvs']],
  ['vipc compile --mode=ipv', ['ipvs']],
  ['vipc compile cluster.yaml --mode ipv', ['ipvs']],
  ['vipc sync --log-format ', ['json', 'text']],
  ['vipc get -o y', ['yaml']],
  ['vipc compile c', FILES],
  ['vipc compile --mode ipvs c', FILES],
  ['vipc compile -c c', FILES],
  ['vipc compile --cluster east=c', FILES],
  ['vipc compile -o r', ['rules']],
  ['vipc compile --node c', []],
  ['vipc doctor c', []],
  ['vipc nonsense c', []],
  ['vipc completion ', ['bash', 'fish', 'zsh']],
  ['vipc help all', ['allocate']],
];

const directory = mkdtempSync(join(tmpdir(), 'vipc-completion-'));

beforeAll(() => {
  for (const name of FILES) writeFileSync(join(directory, name), '');
  mkdirSync(join(directory, 'rules'));
});
afterAll(() => rmSync(directory, { recursive: true }));

describe.each(SHELLS)('%s', (shell, flags) => {
  const itRuns = spawnSync(shell, ['--version']).error === undefined ? it : it.skip;

  /** What the shell with `script` adds to each of the lines. */
  const added = (script: string, lines: readonly string[]): readonly (readonly string[])[] => {
    const file = `${directory}.${shell}`;
    writeFileSync(file, script);
    const typing = `${ROOT}src/cli/completion/type.${shell}`;
    const env = { ...process.env, LC_ALL: 'C.UTF-8', HOME: directory };
    const text = execFileSync(shell, [...flags, typing, file, ...lines], { cwd: directory, env, encoding: 'utf8' });
    rmSync(file);
    const answers = text.split(/^\n/m).slice(0, lines.length);
    return answers.map((answer) => [...new Set(answer.split('\n').map(bare).filter(Boolean))].sort());
  };

  itRuns('completes what is typed', async () => {
    const { stdout } = await vipc(['completion', shell]);
    const answers = added(
      stdout,
      rows.map(([line]) => line),
    );
    expect(rows.map(([line], i) => [line, answers[i]])).toEqual(rows);
  });

  itRuns('knows every option of every command', async () => {
    const { commands } = treeOf(buildProgram(PROCESS_IO, () => {}));
    const { stdout } = await vipc(['completion', shell]);
    const answers = added(
      stdout,
      commands.map(({ name }) => `vipc ${name} --`),
    );
    const expected = commands.map(({ options }) => options.map(({ long }) => long).sort());
    expect(answers).toEqual(expected);
  });

  itRuns('runs nothing that a description or a choice says', async () => {
    const hostile = '$(touch pwned) `touch pwned` \'"[]:;\\ %s (touch pwned)';
    const program = new Command('vipc');
    program
      .command('run')
      .summary(hostile)
      .addOption(new Option('--how <HOW>', hostile).choices(['$(touch\tpwned)', '`touch\tpwned`', 'plain:1']));
    const out: string[] = [];
    const stdout = Object.assign(Object.create(process.stdout), {
      isTTY: false,
      write: (text: string) => out.push(text),
    });
    await runCompletion(shell, program, { ...PROCESS_IO, stdout, stderr: stdout });
    const answers = added(out.join(''), ['vipc r', 'vipc run --h', 'vipc run --how p']);
    expect(answers).toEqual([['run'], ['--help', '--how'], ['plain:1']]);
    expect(readdirSync(directory)).not.toContain('pwned');
  });
});

it('there is a script for these shells only', async () => {
  const { code, stderr } = await vipc(['completion', 'tcsh']);
  expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringMatching(/choices are bash, zsh, fish/) });
});

/** A match without its description, without the option before a value, and without the slash of a directory. */
function bare(match: string): string {
  return (match.split('\t')[0] ?? '').replace(/^[^=]*=/, '').replace(/\/$/, '');
}
