/**
 * A capture gives the same `vipc diff` as the node itself, whichever shell ran the script.
 */

import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { type Host, localHost } from '../apply/host.js';
import { ROOT } from '../testing/cases/cases.js';
import { VARIANTS } from '../testing/machine/kernel.js';
import { addNodeAddresses, succeeded, withNetns } from '../testing/machine/netns.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { sample } from '../testing/run/extent.js';
import { vipc } from '../testing/run/vipc.js';

const WEB = `${ROOT}fixtures/tour/web/cluster.yaml`;
const SCRIPT = readFileSync(`${ROOT}bin/capture.sh`, 'utf8');
const SHELLS = [['dash'], ['busybox', 'sh'], ['bash', '--posix']] as const;

const directory = mkdtempSync(join(tmpdir(), 'vipc-'));
afterAll(() => rmSync(directory, { recursive: true }));
let count = 0;
const fresh = () => join(directory, `capture-${count++}`);

const describeKernel = await describeInKernel();

const collect = async (host: Host, shell: readonly string[], ...args: readonly string[]): Promise<string> => {
  const into = fresh();
  succeeded(await host.run([...shell, '-s', '--', ...args, into], SCRIPT), shell.join(' '));
  return into;
};

describeKernel.each(sample(VARIANTS, 1, 'capture'))('a node with iptables-%s, captured', (variant) => {
  /** A node that has WEB without one rule, and with foreign rules. */
  const withDamage = (use: (host: Host, name: string) => Promise<void>) =>
    withNetns(async (host, name) => {
      await addNodeAddresses(host);
      expect((await vipc(['apply', '--netns', name, '--iptables', variant, WEB])).code).toBe(0);
      const script = [
        `iptables-${variant} -t nat -D VIPC-SVC-CDGGSHYLG3RE2FKL 1`,
        `iptables-${variant} -A INPUT -s 203.0.113.7 -j DROP`,
        'sysctl -qw net.ipv4.conf.all.route_localnet=0',
      ];
      succeeded(await host.run(['sh', '-ec', script.join('\n')]), 'damage');
      await use(host, name);
    });

  it('differs as it does live, whichever shell collected it', () =>
    withDamage(async (host, name) => {
      const node = ['--iptables', variant];
      const captures = await Promise.all(SHELLS.map((shell) => collect(host, shell)));
      const flags = [[], ['--nodeport-addresses', 'primary', '--format', 'json'], ['--mode', 'ipvs']];
      for (const [i, captured] of captures.entries()) {
        const how = [...node, ...(flags[i] ?? [])];
        const live = await vipc(['diff', '--live', '--netns', name, ...how, WEB]);
        const read = await vipc(['diff', captured, WEB, ...how]);
        // Where the kernel has no IPVS, a live read fails; a capture records that there is none.
        if (how.includes('ipvs') && live.code === 2) expect(live.stderr).toMatch(/^error: ipvsadm/);
        else expect(read).toEqual(live);
        expect(read.code).toBe(1);
      }
    }));

  it('is the same the other way round, but for the signs', () =>
    withDamage(async (host) => {
      const captured = await collect(host, ['sh']);
      const change = async (...argv: readonly string[]) =>
        JSON.parse((await vipc(['diff', ...argv, '--iptables', variant, '--format', 'json'])).stdout).changes;
      const swapped = (changes: readonly { readonly removed: unknown; readonly added: unknown }[]) =>
        changes.map(({ removed, added, ...rest }) => ({ ...rest, removed: added, added: removed }));
      const forth = await change(captured, WEB);
      expect(forth.length).toBeGreaterThan(0);
      expect(await change(WEB, captured)).toEqual(swapped(forth));
    }));

  it('reads the snapshot from a pipe, and the variant by itself', () =>
    withDamage(async (host) => {
      const captured = await collect(host, ['sh']);
      const piped = await vipc(['diff', captured], readFileSync(WEB, 'utf8'));
      expect(piped).toEqual(await vipc(['diff', captured, WEB]));
      expect(piped.stdout).toContain('10.244.1.5:8080');
    }));
});

describeKernel('vipc capture', () => {
  it('-o collects what the script does', () =>
    withNetns(async (host, name) => {
      const into = fresh();
      const { code, stdout, stderr } = await vipc(['capture', '-o', into, '--netns', name]);
      expect({ code, stdout, stderr }).toEqual({
        code: 0,
        stdout: '',
        stderr: expect.stringMatching(/^wrote \S+: \d+ outputs, \d+ tools missing\n$/),
      });
      const other = await collect(host, ['sh']);
      expect(readdirSync(into)).toEqual(readdirSync(other));
      expect(readFileSync(join(into, 'commands'), 'utf8')).toBe(readFileSync(join(other, 'commands'), 'utf8'));
      expect(statSync(into).mode & 0o777).toBe(0o700);
    }));

  it('changes nothing', () =>
    withNetns(async (host) => {
      const state =
        'ip -d a; ip r s t all; iptables-nft-save; iptables-legacy-save; ipset save; cat /proc/net/ip_tables_names';
      const modules = 'cat /proc/modules 2>/dev/null; ls /sys/module';
      const before = await host.run(['sh', '-c', `${modules}; ${state}`]);
      await collect(host, ['sh']);
      expect(await host.run(['sh', '-c', `${modules}; ${state}`])).toEqual(before);
    }));

  it('leaves flows out unless they are asked for', () =>
    withNetns(async (host) => {
      expect(existsSync(join(await collect(host, ['sh']), 'conntrack-flows.txt'))).toBe(false);
      expect(existsSync(join(await collect(host, ['sh'], '--flows'), 'conntrack-flows.txt'))).toBe(true);
    }));

  it('takes no directory that is there', () =>
    withNetns(async (host, name) => {
      const into = fresh();
      mkdirSync(into);
      expect(await host.run(['sh', '-s', '--', into], SCRIPT)).toMatchObject({ code: 2, stdout: '' });
      expect(await vipc(['capture', '-o', into, '--netns', name])).toMatchObject({ code: 2 });
      expect(readdirSync(into)).toEqual([]);
    }));

  it('notes which tools are missing, and what is left is of use', () =>
    withNetns(async (host) => {
      // A node with only busybox and iptables-nft.
      const bin = fresh();
      mkdirSync(bin);
      const busybox = execFileSync('sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).trim();
      for (const applet of ['cat', 'date', 'grep', 'mkdir', 'rm', 'sed', 'sort', 'sh', 'test', 'tr', 'uname', 'true']) {
        execFileSync('ln', ['-s', busybox, join(bin, applet)]);
      }
      const into = fresh();
      const script = SCRIPT.replace(/^export LC_ALL=C PATH=.*$/m, `export LC_ALL=C PATH=${bin}`);
      expect(script).not.toBe(SCRIPT);
      const argv = ['env', '-i', `PATH=${bin}`, busybox, 'sh', '-s', '--', into];
      succeeded(await host.run(argv, script), 'capture');
      const missing = readFileSync(join(into, 'missing'), 'utf8').split('\n');
      for (const tool of ['iptables-nft-save', 'ipset', 'nft']) expect(missing).toContain(tool);
      expect(readFileSync(join(into, 'sysctl.conf'), 'utf8')).toContain('net.ipv4.ip_forward = ');
      const { code, stderr } = await vipc(['diff', into, WEB]);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^error: iptables-save: [^\n]*was not on the node\n$/);
    }));
});

describe('a directory that is no good capture', () => {
  const damaged = (files: Readonly<Record<string, string>>): string => {
    const into = fresh();
    mkdirSync(into);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(into, name), text);
    return into;
  };
  it.each([
    [
      'another format',
      { 'vipc-capture': 'vipc-capture 2\n' },
      /in a format that this vipc does not know: "vipc-capture 2"/,
    ],
    ['no list', { 'vipc-capture': 'vipc-capture 1\n' }, /without its list of commands: was it interrupted\?/],
    [
      'a list that leads out of it',
      { 'vipc-capture': 'vipc-capture 1\n', commands: '0\t../../etc/passwd\tiptables-nft-save\n' },
      /commands is damaged at "0\\t\.\.\/\.\.\/etc\/passwd/,
    ],
    [
      'a file that is gone',
      { 'vipc-capture': 'vipc-capture 1\n', commands: '0\tx.rules\tiptables-nft-save\n' },
      /x\.rules/,
    ],
  ])('%s', async (_, files, message) => {
    const { code, stdout, stderr } = await vipc(['diff', damaged(files), WEB]);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it.each([
    ['two captures', (a: string) => ['diff', a, a], /are both captured nodes/],
    ['a capture and --live', (a: string) => ['diff', a, '--live', WEB], /cannot be used with --live/],
    ['a capture and --simulate', (a: string) => ['diff', a, '--simulate', WEB], /has no made-up objects/],
    ['--flows without -o', () => ['capture', '--flows'], /--flows goes with -o DIR/],
  ] as const)('%s', async (_, argv, message) => {
    const capture = damaged({ 'vipc-capture': 'vipc-capture 1\n', commands: '0\tx\tx\n' });
    const { code, stderr } = await vipc(argv(capture));
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });

  it('is none without its mark', async () => {
    const { stderr } = await vipc(['diff', damaged({ commands: 'x' }), WEB]);
    expect(stderr).toMatch(/is a directory without any \.yaml/);
  });
});

it('vipc capture prints the script, which is short', async () => {
  expect(await vipc(['capture'])).toEqual({ code: 0, stdout: SCRIPT, stderr: '' });
  expect(SCRIPT.split('\n').length).toBeLessThanOrEqual(120);
  for (const shell of SHELLS)
    await expect(localHost().run([...shell, '-n'], SCRIPT)).resolves.toMatchObject({ code: 0 });
});
