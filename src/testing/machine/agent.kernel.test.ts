import { expect, it } from '@jest/globals';
import { agentHost } from './agent.js';
import { withNetns } from './netns.js';
import { describeInKernel } from './rings.js';

const describeKernel = await describeInKernel();

describeKernel('the agent', () => {
  it.each([
    ['outputs and a code', ['sh', '-c', 'cat; echo err >&2; exit 3'], 'in', { code: 3, stdout: 'in', stderr: 'err\n' }],
    ['no such program', ['vipc-none'], '', { code: 127, stdout: '', stderr: 'vipc-none: no such program\n' }],
    ['what may not be run', ['/etc/passwd'], '', { code: 126, stdout: '', stderr: '/etc/passwd: not executable\n' }],
    ['a signal', ['sh', '-c', 'kill -SEGV $$'], '', { code: 139, stdout: '', stderr: 'sh: killed by signal 11\n' }],
  ] as const)('%s', async (_, argv, stdin, expected) => {
    expect(await agentHost().run(argv, stdin)).toEqual(expected);
  });

  it('ends what takes too long, with its children', async () => {
    const host = agentHost({ timeoutSeconds: 0.2 });
    expect(await host.run(['sh', '-c', 'echo begun; sleep 1000 & wait'])).toEqual({
      code: 124,
      stdout: 'begun\n',
      stderr: 'sh: no answer within 0.2 s\n',
    });
  });

  it('runs several at a time, and a large input and output', async () => {
    const host = agentHost();
    const slow = host.run(
      ['sh', '-c', 'cat >/dev/null; while ! [ -e /proc/$1 ]; do :; done; sleep 0.2; echo slow', 'sh', '1'],
      'x',
    );
    const large = 'line\n'.repeat(1_000_000);
    const order: string[] = [];
    await Promise.all([
      slow.then(({ stdout }) => order.push(stdout)),
      ...[1, 2, 3].map(() => host.run(['true']).then(() => order.push('fast'))),
    ]);
    expect(order).toEqual(['fast', 'fast', 'fast', 'slow\n']);
    expect((await host.run(['cat'], large)).stdout).toBe(large);
  });

  it('enters a namespace', () =>
    withNetns(async (host) => {
      expect((await host.run(['sh', '-c', 'ls /proc/sys/net/ipv4/conf'])).stdout).toBe('all\ndefault\nlo\n');
      expect(await agentHost({ netns: 'vipc-none' }).run(['true'])).toMatchObject({ code: 1 });
    }));
});
