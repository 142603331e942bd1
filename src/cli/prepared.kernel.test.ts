/**
 * vipc where something is missing: rights, tools, a place to write. One sentence names all of it; exit code 2.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { missingOf, toolsFor } from '../doctor/tools.js';
import { ROOT } from '../testing/cases/cases.js';
import { makeNetns, type Netns } from '../testing/machine/netns.js';
import { describeInKernel } from '../testing/machine/rings.js';

const WEB = `${ROOT}fixtures/tour/web/cluster.yaml`;
const VIPC = [process.execPath, `${ROOT}bin/vipc.js`];

const describeKernel = await describeInKernel();

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(argv: readonly string[], env: Readonly<Record<string, string>> = {}, cwd = ROOT): Ended {
  const [program = '', ...args] = argv;
  const {
    status: code,
    stdout,
    stderr,
  } = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '', ...env },
  });
  return { code, stdout, stderr };
}

/** Runs a shell script in its own mount namespace; `vipc` in it is this build. */
function mounted(script: string, cwd?: string): Ended {
  return run(['unshare', '--mount', 'sh', '-ec', `vipc() { ${VIPC.join(' ')} "$@"; }; ${script}`], {}, cwd);
}

describeKernel('vipc where something is missing', () => {
  let node: Netns;
  let directory = '';
  beforeAll(async () => {
    node = await makeNetns();
    directory = mkdtempSync(join(tmpdir(), 'vipc-missing-'));
  });
  afterAll(async () => {
    await node.remove();
    rmSync(directory, { recursive: true });
  });

  const commands = (): readonly (readonly string[])[] => [
    ['apply', '--netns', node.name, WEB],
    ['diff', '--live', '--netns', node.name, WEB],
    ['cleanup', '--netns', node.name],
    ['sync', '--netns', node.name, '--snapshot', WEB],
  ];

  /** A PATH with all installed programs except some. */
  function pathWithout(left: (program: string) => boolean): string {
    const path = mkdtempSync(join(directory, 'path-'));
    for (const from of ['/usr/sbin', '/usr/bin', '/sbin', '/bin']) {
      for (const name of readdirSync(from)) {
        if (!left(name)) linkUnlessThere(join(from, name), join(path, name));
      }
    }
    return path;
  }

  it.each([
    [['flock'], [], /: a tool is not installed, or not in the PATH: flock \(Debian package util-linux\)$/m],
    [['ip'], [], /: ip \(Debian package iproute2\)$/m],
    [['readlink', 'uname', 'flock'], [], /: flock \(Debian package util-linux\), readlink and uname \(coreutils\)$/m],
    [['ipset', 'ipvsadm'], ['--mode', 'ipvs'], /: ipset \(Debian package ipset\), ipvsadm \(ipvsadm\)$/m],
  ])('%j, %j', (programs, flags, message) => {
    const env = { PATH: pathWithout((name) => programs.includes(name)) };
    const [apply = []] = commands();
    const { code, stdout, stderr } = run([...VIPC, ...apply, ...flags], env);
    expect({ code, stdout, lines: stderr.split('\n').length }).toEqual({ code: 2, stdout: '', lines: 2 });
    expect(stderr).toMatch(message);
  });

  it('all tools at once, for every command', () => {
    const names = missingOf(toolsFor(['iptables']), () => false).map(({ name }) => name);
    for (const command of commands()) {
      const { code, stderr } = run([...VIPC, ...command], { PATH: directory });
      expect({ code, lines: stderr.split('\n').length }).toEqual({ code: 2, lines: 2 });
      for (const name of names) expect(stderr).toContain(name);
    }
  });

  it('rights, for every command', () => {
    for (const command of commands()) {
      const { code, stderr } = run([
        'setpriv',
        '--reuid=65534',
        '--regid=65534',
        '--clear-groups',
        ...VIPC,
        ...command,
      ]);
      expect({ code, lines: stderr.split('\n').length }).toEqual({ code: 2, lines: 2 });
      expect(stderr).toMatch(/only by root or with CAP_NET_ADMIN .*only by root or with CAP_SYS_ADMIN\n$/);
    }
  });

  it('a place for the lock', () => {
    const script = `mkdir -p /run/vipc; mount -t tmpfs -o ro none /run/vipc; vipc cleanup --netns ${node.name}`;
    const { code, stderr } = mounted(script);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^error: the lock cannot be taken: .* the file system is read-only; --lock-file PATH names another file\n$/,
    );
    expect(mounted(`${script} --lock-file ${directory}/lock`)).toMatchObject({
      code: 0,
      stderr: 'nothing to remove\n',
    });
  });

  it('space for the files', () => {
    const out = join(directory, 'small');
    mkdirSync(out);
    const mount = `mount -t tmpfs -o size=4k none ${out}; cd ${out}; echo old >resolved.txt`;
    const { code, stdout, stderr } = mounted(
      `${mount}; vipc compile ${WEB} -o . || echo "code $?"; ls -A; cat resolved.txt`,
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'code 2\nresolved.txt\nold\n' });
    expect(stderr).toMatch(/^error: ".*" cannot be written: no space is left on the device\n$/);
  });

  it('a directory that may be written', () => {
    const out = join(directory, 'read-only');
    mkdirSync(out);
    const mount = `mount -t tmpfs -o ro none ${out}`;
    const { code, stderr } = mounted(`${mount}; vipc compile ${WEB} -o ${out}`);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: ".*read-only\/iptables.rules" cannot be written: the file system is read-only\n$/);
  });

  it('files to open', () => {
    for (const limit of [20, 24]) {
      const { code, stderr } = run(['sh', '-c', `ulimit -n ${limit}; exec ${VIPC.join(' ')} compile ${WEB}`]);
      expect(code).toBe(2);
      expect(stderr).toBe('error: vipc cannot go on: it may not open more files (ulimit -n)\n');
    }
  });

  it('room behind standard output', () => {
    const { code, stderr } = run(['sh', '-c', `${VIPC.join(' ')} compile ${WEB} >/dev/full`]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: 'error: write: no space is left on the device\n' });
  });

  it('nothing', () => {
    expect(execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' })).toContain(node.name);
    const [apply = []] = commands();
    expect(run([...VIPC, ...apply])).toMatchObject({ code: 0, stdout: '' });
  });
});

function linkUnlessThere(from: string, to: string): void {
  try {
    symlinkSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
