/** The connection to the guest: programs run there as they do here, and its kernel supports IPVS mode. */
import { expect, it } from '@jest/globals';
import { inNetns } from '../../apply/host.js';
import { FAMILIES } from '../../ip.js';
import { distinctLines } from '../../tools/lines.js';
import { guestHost, withGuestNetns } from './guest.js';
import { tool, VARIANTS } from './kernel.js';
import { succeeded } from './netns.js';
import { describeInGuest } from './rings.js';

const describeGuest = await describeInGuest();
const host = guestHost();

/** All characters, including NUL and line ends, a megabyte in all. */
const EVERYTHING = Array.from({ length: 0x20000 }, (_, code) =>
  code >= 0xd800 && code < 0xe000 ? '' : String.fromCodePoint(code),
).join('');
const LARGE = EVERYTHING.repeat(Math.ceil(2 ** 20 / Buffer.byteLength(EVERYTHING)));

describeGuest('guestHost', () => {
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
      ['printf', '%s|', '$(id); "a b"', '', '\n'],
      '',
      { code: 0, stdout: '$(id); "a b"||\n|', stderr: '' },
    ],
    ['stdin in pieces', ['cat'], ['a\n', '', 'b\n'], { code: 0, stdout: 'a\nb\n', stderr: '' }],
    ['no stdin', ['cat'], undefined, { code: 0, stdout: '', stderr: '' }],
    ['a program that does not read its stdin', ['true'], 'x'.repeat(1e6), { code: 0, stdout: '', stderr: '' }],
    ['messages untranslated', ['sh', '-c', 'echo $LC_ALL'], '', { code: 0, stdout: 'C\n', stderr: '' }],
    ['a missing program', ['vipc-none'], '', { code: 127, stdout: '', stderr: 'vipc-none: no such program\n' }],
    ['no program', ['/etc/passwd'], '', { code: 126, stdout: '', stderr: '/etc/passwd: not executable\n' }],
    ['a signal', ['sh', '-c', 'kill -9 $$'], '', { code: 137, stdout: '', stderr: 'sh: killed by signal 9\n' }],
  ])('%s', async (_, argv, stdin, expected) => {
    expect(await host.run(argv, stdin)).toEqual(expected);
  });

  it('a megabyte of anything, there and back', async () => {
    const { code, stdout, stderr } = await host.run(['sh', '-c', 'tee /dev/stderr'], LARGE);
    expect([code, stdout === LARGE, stderr === LARGE]).toEqual([0, true, true]);
  });

  it('waits so long and no longer, and serves the next', async () => {
    const start = Date.now();
    const outcome = await guestHost({ timeoutSeconds: 3 }).run(['sh', '-c', 'echo begun; (sleep 99) & sleep 99; true']);
    expect(outcome).toEqual({ code: 124, stdout: 'begun\n', stderr: 'sh: no answer within 3 s\n' });
    expect(Date.now() - start).toBeLessThan(90_000);
    expect((await host.run(['sh', '-c', 'ps -o args= | grep -c "[s]leep 99"'])).stdout).toBe('0\n');
  });

  it('a child left behind runs on, and holds nothing up', async () => {
    const { code, stdout } = await host.run(['sh', '-c', 'setsid sleep 999 & echo $!']);
    expect(code).toBe(0);
    expect((await host.run(['kill', stdout.trim()])).code).toBe(0);
  });

  it('requests at once get their own answers', async () => {
    const outcomes = await Promise.all(['a', 'b', 'c'].map((text) => host.run(['cat'], text)));
    expect(outcomes.map(({ stdout }) => stdout)).toEqual(['a', 'b', 'c']);
  });
});

describeGuest('withGuestNetns', () => {
  it('IPVS, each namespace its own', async () => {
    await withGuestNetns((one) =>
      withGuestNetns(async (two) => {
        succeeded(await one.run(['ipvsadm', '-A', '-t', '10.0.0.1:80', '-s', 'rr']), 'ipvsadm');
        // The kernel lists a virtual server twice when other tests add theirs meanwhile.
        const { stdout } = await one.run(['ipvsadm-save', '-n']);
        expect(distinctLines(stdout)).toEqual(['-A -t 10.0.0.1:80 -s rr', '']);
        expect(await two.run(['ipvsadm-save', '-n'])).toEqual({ code: 0, stdout: '', stderr: '' });
      }),
    );
  });

  it('every scheduler of kube-proxy that Linux has', async () => {
    const schedulers = ['rr', 'wrr', 'lc', 'wlc', 'lblc', 'lblcr', 'dh', 'sh', 'sed', 'nq', 'fo', 'ovf', 'mh'];
    const text = schedulers.map((scheduler, i) => `-A -u [fd00::1]:${i + 1} -s ${scheduler}\n`);
    await withGuestNetns(async (netns) => {
      expect(await netns.run(['ipvsadm', '-R'], text)).toEqual({ code: 0, stdout: '', stderr: '' });
      const lines = (await netns.run(['ipvsadm', '-S', '-n'])).stdout.split(/^/m);
      expect(lines.sort()).toEqual([...text].sort());
    });
  });

  it('a dummy interface, and the sysctls of IPVS', async () => {
    await withGuestNetns(async (netns) => {
      const batch = 'link add kube-ipvs0 type dummy\naddress add 10.0.0.1/32 dev kube-ipvs0\n';
      succeeded(await netns.run(['ip', '-batch', '-'], batch), 'ip');
      expect((await netns.run(['ip', '-o', 'address', 'show', 'dev', 'kube-ipvs0'])).stdout).toContain('10.0.0.1/32');
      expect((await netns.run(['ip', '-br', 'link'])).stdout.split('\n').map((line) => line.split(/[@ ]/)[0])).toEqual(
        expect.not.arrayContaining(['dummy0']),
      );
      succeeded(await netns.run(['sysctl', '-w', 'net.ipv4.vs.conntrack=1']), 'sysctl');
      expect((await netns.run(['sysctl', '-n', 'net.ipv4.vs.conntrack'])).stdout).toBe('1\n');
    });
    expect((await host.run(['sysctl', '-n', 'net.ipv4.vs.conntrack'])).stdout).toBe('0\n');
  });

  it.each(FAMILIES.flatMap((family) => VARIANTS.map((variant) => [family, variant] as const)))(
    'sets and rules that match them: %s, %s',
    async (family, variant) => {
      const [inet, address] = family === 'ipv4' ? ['inet', '10.0.0.1'] : ['inet6', 'fd00::1'];
      const entry = `add VIPS ${address},tcp:80`;
      const rules = [
        '-A INPUT -m set --match-set VIPS dst,dst -j ACCEPT',
        '-A INPUT -m ipvs --ipvs -j ACCEPT',
        '-A INPUT -m physdev --physdev-is-bridged -j ACCEPT',
      ];
      await withGuestNetns(async (netns) => {
        const created = `create VIPS hash:ip,port family ${inet}\n${entry}\n`;
        succeeded(await netns.run(['ipset', 'restore'], created), 'ipset');
        expect((await netns.run(['ipset', 'save'])).stdout).toContain(`\n${entry}\n`);
        const text = `*filter\n${rules.join('\n')}\nCOMMIT\n`;
        succeeded(await netns.run([tool(family, variant, 'restore')], text), variant);
        const saved = (await netns.run([tool(family, variant, 'save')])).stdout;
        for (const rule of rules) expect(saved).toContain(`${rule}\n`);
      });
    },
  );

  it('a missing program, and a missing namespace', async () => {
    await withGuestNetns(async (netns, name) => {
      expect((await netns.run(['vipc-none'])).code).toBe(127);
      expect((await inNetns(host, name).run(['vipc-none'])).code).toBe(127);
    });
    const outcome = await guestHost({ netns: 'vipc-none' }).run(['true']);
    expect(outcome).toEqual({ code: 1, stdout: '', stderr: 'vipc-none: no such network namespace\n' });
  });
});
