import { describe, expect, it } from '@jest/globals';
import { localHost, netnsHost } from './host.js';

const host = localHost();

function* endless(): Generator<string> {
  for (;;) yield 'x'.repeat(1 << 16);
}

function* broken(): Generator<string> {
  yield '*nat\n';
  throw new Error('lost the rest');
}

describe('localHost', () => {
  it('hands output over as it comes, in whole characters', async () => {
    const pieces: string[] = [];
    const outcome = await host.run(
      ['sh', '-c', 'printf é; printf "a\\303"; sleep 0.1; printf "\\251\\n"'],
      '',
      (piece) => pieces.push(piece),
    );
    expect([pieces.join(''), outcome]).toEqual(['éaé\n', { code: 0, stdout: '', stderr: '' }]);
  });

  it.each([
    ['an exit code is a value', ['sh', '-c', 'exit 3'], '', { code: 3, stdout: '', stderr: '' }],
    [
      'both outputs, as they are',
      ['sh', '-c', 'echo out; echo err >&2'],
      '',
      { code: 0, stdout: 'out\n', stderr: 'err\n' },
    ],
    [
      'arguments never meet a shell',
      ['printf', '%s', '$(id); "a b"'],
      '',
      { code: 0, stdout: '$(id); "a b"', stderr: '' },
    ],
    ['stdin as text', ['cat'], 'a\nb\n', { code: 0, stdout: 'a\nb\n', stderr: '' }],
    ['stdin in pieces', ['cat'], ['a\n', '', 'b\n'], { code: 0, stdout: 'a\nb\n', stderr: '' }],
    ['stdin of no pieces', ['cat'], [], { code: 0, stdout: '', stderr: '' }],
    ['no stdin', ['cat'], undefined, { code: 0, stdout: '', stderr: '' }],
    ['a program that does not read its stdin', ['true'], 'x'.repeat(1e6), { code: 0, stdout: '', stderr: '' }],
    ['messages untranslated', ['sh', '-c', 'echo $LC_ALL'], '', { code: 0, stdout: 'C\n', stderr: '' }],
  ])('%s', async (_, argv, stdin, expected) => {
    expect(await host.run(argv, stdin)).toEqual(expected);
  });

  it.each([
    ['a missing program', 'vipc-no-such-program', 127, 'vipc-no-such-program: no such program\n'],
    ['a file that is no program', '/etc/passwd', 126, '/etc/passwd: not executable\n'],
    ['no program at all', '', 1, expect.stringContaining('cannot be empty')],
  ])('%s', async (_, program, code, stderr) => {
    expect(await host.run([program])).toEqual({ code, stdout: '', stderr });
  });

  it('stops a program that stopped reading', async () => {
    expect((await host.run(['head', '-c', '1'], endless())).stdout).toBe('x');
  });

  it('never calls half an input a success', async () => {
    const outcome = await host.run(['cat'], broken());
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain('lost the rest');
  });

  it('says when a signal ended the program', async () => {
    const { code, stderr } = await host.run(['sh', '-c', 'kill -SEGV $$']);
    expect(code).toBe(139);
    expect(stderr).toContain('SIGSEGV');
  });

  it('waits for the timeout and no longer, whatever process holds the pipes', async () => {
    const start = Date.now();
    const outcome = await localHost({ timeoutSeconds: 3 }).run(['sh', '-c', 'echo begun; (sleep 99) & sleep 99; true']);
    expect(outcome).toEqual({ code: 124, stdout: 'begun\n', stderr: 'sh: no answer within 3 s\n' });
    expect(Date.now() - start).toBeLessThan(90_000);
  });
});

describe('netnsHost', () => {
  it('a namespace that does not exist is a failure that names it', async () => {
    for (const netns of ['vipc-none', '/run/netns/vipc-none']) {
      const outcome = await netnsHost(netns).run(['true']);
      expect(outcome.code).not.toBe(0);
      expect(outcome.stderr).not.toBe('');
    }
  });
});
