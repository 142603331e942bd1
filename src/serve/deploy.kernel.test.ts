/**
 * deploy/: what systemd thinks of the unit, and that the rights which it and the DaemonSet give are enough.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { loadAll } from 'js-yaml';
import { type Host, localHost } from '../apply/host.js';
import { ROOT } from '../testing/cases/cases.js';
import { VARIANTS } from '../testing/machine/kernel.js';
import { succeeded, withNode } from '../testing/machine/netns.js';
import { describeInKernel } from '../testing/machine/rings.js';

const describeKernel = await describeInKernel();

const directory = mkdtempSync(join(tmpdir(), 'vipc-'));
afterAll(() => rmSync(directory, { recursive: true }));

const UNIT = readFileSync(`${ROOT}deploy/vipc.service`, 'utf8');

describeKernel('systemd', () => {
  // systemd-analyze checks that the command exists.
  const path = join(directory, 'vipc.service');
  writeFileSync(path, UNIT.replace('/usr/local/bin/vipc', `${ROOT}bin/vipc.js`));

  it('has no remark on the unit', async () => {
    const outcome = await localHost().run(['systemd-analyze', 'verify', '--man=no', path]);
    expect(outcome).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('finds it little exposed', async () => {
    // In tenths; a unit without any hardening has 96.
    const argv = ['systemd-analyze', 'security', '--offline=true', '--threshold=30', '--no-pager', path];
    expect(await localHost().run(argv)).toMatchObject({ code: 0 });
  });
});

/** Runs the built command with the rights of the container, on a node whose /proc/sys cannot be written. */
const SCRIPT = `
set -eu
capabilities=$1; shift
mount --make-rprivate /
mount --bind /proc/sys /proc/sys
mount -o remount,bind,ro /proc/sys
exec setpriv --no-new-privs --inh-caps=-all --bounding-set="-all$capabilities" "$@"`;

describeKernel.each(VARIANTS)('the container, with iptables-%s', (variant) => {
  it('has rights enough', () =>
    withNode(async (host: Host) => {
      const daemonSet = (loadAll(readFileSync(`${ROOT}deploy/daemonset.yaml`, 'utf8')) as any[]).at(-1);
      const { add } = daemonSet.spec.template.spec.containers[0].securityContext.capabilities;
      const capabilities = add.map((name: string) => `,+${name.toLowerCase()}`).join('');
      const vipc = (...argv: readonly string[]) =>
        host.run([
          ...['unshare', '--mount', 'sh', '-c', SCRIPT, 'sh', capabilities, process.execPath, `${ROOT}bin/vipc.js`],
          ...argv,
          ...['--iptables', variant, '--lock-file', join(directory, 'lock')],
        ]);
      succeeded(await host.run(['sysctl', '-w', 'net.ipv4.conf.all.route_localnet=1']), 'sysctl');
      const cluster = `${ROOT}fixtures/tour/web/cluster.yaml`;
      expect(await vipc('apply', cluster)).toMatchObject({ code: 0, stderr: expect.stringMatching(/^applied: 1 /) });
      expect(await vipc('cleanup')).toMatchObject({ code: 0 });
      // Either iptables asks for a set through a raw socket.
      const set = 'ipset create VIPC hash:ip && iptables-$0 -A INPUT -m set --match-set VIPC src';
      const inSet = await host.run(['setpriv', `--bounding-set=-all${capabilities}`, 'sh', '-c', set, variant]);
      expect(inSet).toMatchObject({ code: 0 });
    }));
});
