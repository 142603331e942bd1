/**
 * Commands that read a node: streams and exit codes, in a network namespace.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { type Host, localHost } from '../apply/host.js';
import { ROOT } from '../testing/cases/cases.js';
import { VARIANTS } from '../testing/machine/kernel.js';
import { withNetns } from '../testing/machine/netns.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { sample } from '../testing/run/extent.js';
import { type Result, vipc } from '../testing/run/vipc.js';

const WEB = `${ROOT}fixtures/tour/web/cluster.yaml`;
const INVALID = `${ROOT}fixtures/invalid/service-fields/cluster.yaml`;

const directory = mkdtempSync(join(tmpdir(), 'vipc-'));
afterAll(() => rmSync(directory, { recursive: true }));

const describeKernel = await describeInKernel();

describeKernel.each(sample(VARIANTS, 1, 'node'))('on a node with iptables-%s', (variant) => {
  const tool = (verb: string) => `iptables-${variant}${verb}`;
  const within = (use: (run: (...argv: string[]) => Promise<Result>, host: Host) => Promise<void>) =>
    withNetns((host, name) =>
      use((command = '', ...rest) => vipc([command, '--netns', name, '--iptables', variant, ...rest]), host),
    );

  it('diff, apply, diff, cleanup', () =>
    within(async (run, host) => {
      const before = await run('diff', '--live', WEB);
      expect(before).toMatchObject({ code: 1, stderr: '' });
      expect(before.stdout).toMatch(/^\+ default\/web:http {2}rules: 5 lines missing on this node\n/);
      expect(before.stdout).toMatch(
        /\n\n1 ServicePort and lines of no Service: \d+ lines added, \d removed\n\+ missing on this node, - not wanted\n\n/,
      );
      const applied = await run('apply', WEB);
      expect(applied).toMatchObject({ code: 0, stdout: '' });
      expect(applied.stderr).toMatch(/^applied: 1 ServicePort and lines of no Service: /);
      expect(await run('diff', '--live', WEB)).toEqual({ code: 0, stdout: '', stderr: 'no difference\n' });
      expect(await run('apply', WEB)).toEqual({ code: 0, stdout: '', stderr: 'nothing to do\n' });
      const plan = await run('cleanup', '--plan');
      expect(plan).toMatchObject({ code: 1, stderr: expect.stringMatching(/^to remove: 1 ServicePort/) });
      expect(plan.stdout).toMatch(/\n\+ to come in its place, - left by a proxy\n/);
      expect(await run('cleanup')).toMatchObject({ code: 0, stdout: plan.stdout });
      expect(await run('cleanup')).toEqual({ code: 0, stdout: '', stderr: 'nothing to remove\n' });
      expect((await host.run([tool('-save')])).stdout).not.toMatch(/KUBE|VIPC/);
    }));

  it('apply -v says what + and - mean', () =>
    within(async (run) => {
      const { stdout } = await run('apply', '-v', WEB);
      expect(stdout).toMatch(/^\+ default\/web:http {2}rules: 5 lines added, missing until now\n/);
      expect(stdout).toMatch(/\n\+ added, missing until now, - removed, not wanted\n/);
    }));

  it('what --dry-run prints can be fed to the tools, and is all there is to do', () =>
    within(async (run, host) => {
      const { code, stdout, stderr } = await run('apply', '--dry-run', WEB);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const inputs = stdout.split(/^### /m).slice(1);
      expect(inputs.map((input) => input.split(' ')[0])).toEqual([
        tool('-restore'),
        `ip6${tool('-restore').slice(2)}`,
        'sysctl',
      ]);
      expect((await host.run([tool('-save')])).stdout).not.toMatch(/KUBE|VIPC/);
      for (const input of inputs) {
        const end = input.indexOf('\n');
        expect(await host.run(input.slice(0, end).split(' '), input.slice(end + 1))).toMatchObject({ code: 0 });
      }
      expect((await run('diff', '--live', WEB)).code).toBe(0);
    }));

  it('a deleted rule is found, named by its Service, and put back', () =>
    within(async (run, host) => {
      await run('apply', WEB);
      await host.run([tool(''), '-t', 'nat', '-D', 'VIPC-SVC-CDGGSHYLG3RE2FKL', '1']);
      const { code, stdout } = await run('diff', '--live', '--format', 'json', WEB);
      const { changes } = JSON.parse(stdout) as { changes: readonly Record<string, unknown>[] };
      expect({ code, changes }).toEqual({
        code: 1,
        changes: [
          {
            service: 'default/web:http',
            what: 'iptables nat VIPC-SVC-CDGGSHYLG3RE2FKL',
            removed: [],
            added: [expect.stringContaining('10.244.1.5:8080')],
          },
        ],
      });
      expect((await run('apply', WEB)).stderr).toBe('applied: 1 ServicePort: 1 line added, 0 removed\n');
    }));

  it('nothing is changed for manifests that are no cluster', () =>
    within(async (run, host) => {
      await run('apply', WEB);
      const before = (await host.run([tool('-save')])).stdout.match(/^-A.*/gm);
      const deployment = join(directory, 'deployment.yaml');
      writeFileSync(deployment, 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n');
      for (const argv of [
        ['apply', deployment],
        ['diff', '--live', deployment],
      ]) {
        const { code, stderr } = await run(...argv);
        expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('so no rules are removed') });
      }
      expect((await host.run([tool('-save')])).stdout.match(/^-A.*/gm)).toEqual(before);
    }));

  it('nothing is changed for a snapshot with errors', () =>
    within(async (run, host) => {
      expect(await run('apply', INVALID)).toMatchObject({ code: 1, stdout: '' });
      expect((await host.run([tool('-save')])).stdout).not.toMatch(/KUBE|VIPC/);
      expect((await run('apply', '--skip-invalid', INVALID)).code).toBe(0);
    }));

  it('one vipc waits for another', () =>
    within(async (run) => {
      const [lock, other] = [join(directory, 'lock'), join(directory, 'other')];
      const results = await Promise.all([
        run('apply', '--lock-file', lock, WEB),
        run('apply', '--lock-file', lock, WEB),
      ]);
      expect(results.map(({ code }) => code)).toEqual([0, 0]);
      expect(results.filter(({ stderr }) => stderr.includes('nothing to do'))).toHaveLength(1);
      expect((await run('apply', '--lock-file', other, WEB)).code).toBe(0);
    }));
});

describeKernel('on a node whose kernel parameters cannot be set, as in a container', () => {
  it('applies the rest, with a warning', async () => {
    const script = 'mount -o bind /proc/sys /proc/sys; mount -o remount,ro,bind /proc/sys; exec "$@"';
    const argv = [process.execPath, `${ROOT}bin/vipc.js`, 'apply', '--iptables', 'nft', WEB];
    const apply = () => localHost().run(['unshare', '-n', '-m', 'sh', '-ec', `${script}`, 'sh', ...argv]);
    const { code, stderr } = await apply();
    expect(code).toBe(0);
    expect(stderr).toMatch(/^warning: sysctl: .*net\.ipv4\.conf\.all\.route_localnet/);
    expect(stderr).toMatch(/^applied: 1 ServicePort and lines of no Service: 81 lines added, 0 removed$/m);
  });
});

describeKernel('on a node with rules in both variants', () => {
  it('says so, and cleans up both', () =>
    withNetns(async (_, name) => {
      await vipc(['apply', '--netns', name, '--iptables', 'legacy', WEB]);
      const { code, stderr } = await vipc(['apply', '--netns', name, '--iptables', 'nft', WEB]);
      expect(code).toBe(0);
      expect(stderr).toContain('iptables-legacy has rules of kube-proxy as well; this node uses iptables-nft');
      expect((await vipc(['cleanup', '--netns', name])).code).toBe(0);
      expect(await vipc(['cleanup', '--plan', '--netns', name])).toMatchObject({ code: 0, stdout: '' });
    }));
});
