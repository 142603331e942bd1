/**
 * rejected: which command of an input was refused, for which Service, and what is left to do.
 */
import { expect, it } from '@jest/globals';
import type { Origin } from '../../diag.js';
import type { Outcome } from '../ask.js';
import type { Step } from '../tool.js';
import { rejected } from './rejected.js';

function origin(name: string): Origin {
  return {
    source: { name: 'cluster.yaml', text: '' },
    document: 0,
    path: [],
    base: [],
    object: `Service default/${name}`,
  };
}

const [A, B] = [origin('a'), origin('b')];

const STEP: Step = {
  tool: 'nft',
  program: 'nft',
  argv: () => ['/opt/nft', '-f', '-'],
  input: [
    { text: 'flush chain x' },
    { text: 'add rule x one', origin: A },
    { text: 'add rule y bad', origin: B },
    { text: 'add element z { one }', origin: A },
    { text: 'add element z { two }', origin: B },
  ],
};

const NO_LINE = 'netlink: Error: Could not process rule: No buffer space available\n';
const LINES = `\
/dev/stdin:3:1-14: Error: Could not process rule: Operation not supported
add rule y bad
^^^^^^^^^^^^^^
/dev/stdin:5:1-14: Error: Could not process rule: No such file or directory
`;

/** An nft that refuses what it is told to check if it has such a line, and says nothing of use. */
const asked: string[] = [];
const ask =
  (bad: RegExp) =>
  async (argv: readonly string[], stdin: string | Iterable<string> = ''): Promise<Outcome> => {
    asked.push(argv.join(' '));
    if (argv.includes('chains')) return { code: 0, stdout: 'table ip a {\n}\ntable inet b {\n}\n', stderr: '' };
    const text = [...stdin].join('');
    return { code: bad.test(text) ? 1 : 0, stdout: '', stderr: bad.test(text) ? NO_LINE : '' };
  };

it.each<[string, string, RegExp, number, string | undefined, readonly number[]]>([
  ['the first line that nft names', LINES, /never/, 3, 'Service default/b', [0, 1, 3]],
  ['a line that no Service owns', LINES.replaceAll(/:[35]:/g, ':1:'), /never/, 1, undefined, [1, 2, 3, 4]],
  ['no line, so the first that cannot be', NO_LINE, /bad|two/, 3, 'Service default/b', [0, 1, 3]],
  ['no line, and it is the last', NO_LINE, /two/, 5, 'Service default/b', [0, 1, 3]],
])('%s', async (_, stderr, bad, number, object, left) => {
  const { why, rest } = await rejected(STEP, { code: 1, stdout: '', stderr }, ask(bad));
  expect(why.message).toMatch(/^\/opt\/nft: .*Could not process rule: .*: line \d of the input is "/);
  expect(why.message).toContain(`line ${number} of the input is "${STEP.input[number - 1]?.text}"`);
  expect(why.origin?.object).toBe(object);
  expect(rest?.input).toEqual(left.map((i) => STEP.input[i]));
  expect(asked.every((argv) => argv === '/opt/nft --check -f -')).toBe(true);
});

it('nothing is left of a step that is not refused when it is tried again', async () => {
  const { why, rest } = await rejected(STEP, { code: 1, stdout: '', stderr: NO_LINE }, ask(/never/));
  expect(why.message).toBe(`/opt/nft: ${NO_LINE.trim()}`);
  expect(rest).toBeUndefined();
});

it.each([139, 134])('exit %d is a crash, and may be of any table', async (code) => {
  const { why, rest } = await rejected(STEP, { code, stdout: '', stderr: '' }, ask(/never/));
  expect(why.message).toMatch(/^\/opt\/nft crashes, .* one of these: table ip a, table inet b: install an nft as new/);
  expect(rest).toBeUndefined();
});

it('a crash that hides the tables names none', async () => {
  const crash = { code: 139, stdout: '', stderr: '' };
  const { why } = await rejected(STEP, crash, async () => crash);
  expect(why.message).toMatch(/^\/opt\/nft crashes, .* a newer one wrote: install an nft .*; nothing is changed$/);
});

it.each([
  [137, 'killed with SIGKILL'],
  [124, 'no answer within 300 s'],
  [3, 'Unable to initialize Netlink socket: Permission denied'],
])('no command is blamed for exit %d', async (code, stderr) => {
  const before = asked.length;
  const { why, rest } = await rejected(STEP, { code, stdout: '', stderr }, ask(/bad/));
  expect(why.message).toMatch(`/opt/nft: ${stderr}`);
  expect(asked).toHaveLength(before);
  expect(why.origin).toBeUndefined();
  expect(rest).toBeUndefined();
});

it('no command is blamed where an empty input is refused too', async () => {
  const { why, rest } = await rejected(STEP, { code: 1, stdout: '', stderr: NO_LINE }, ask(/^/));
  expect(why.message).toBe(`/opt/nft: ${NO_LINE.trim()}`);
  expect(rest).toBeUndefined();
});
