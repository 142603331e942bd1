/**
 * The daemon as a process: signals, the lock, its log and its HTTP answers.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { Host } from '../apply/host.js';
import { startApiServer } from '../testing/api-server.js';
import { ROOT } from '../testing/cases/cases.js';
import { withNode } from '../testing/machine/netns.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { clusterObjects } from '../testing/node/churn.js';
import { type SyncProcess, startSync } from '../testing/node/sync-process.js';
import { eventually } from '../testing/run/patience.js';
import { vipc } from '../testing/run/vipc.js';

const describeKernel = await describeInKernel();

const WEB = readFileSync(`${ROOT}fixtures/tour/web/cluster.yaml`, 'utf8');
const HEAD = 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n';
const LISTEN = 'healthzBindAddress: 127.0.0.1:0\nmetricsBindAddress: 127.0.0.1:0\n';
const CONFIG = `${HEAD}${LISTEN}iptables: {syncPeriod: 2s, minSyncPeriod: 0s}\n`;

const directory = mkdtempSync(join(tmpdir(), 'vipc-sync-'));
const [snapshot, config, kubeconfig] = ['cluster.yaml', 'config.yaml', 'kubeconfig'].map((name) =>
  join(directory, name),
) as [string, string, string];
afterAll(() => rmSync(directory, { recursive: true }));

interface Running extends SyncProcess {
  readonly host: Host;
  readonly netns: string;
}

/** Runs `vipc sync` on its own node while `use` runs. */
function running(
  flags: readonly string[],
  use: (running: Running) => Promise<void>,
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  return withNode(async (host, netns) => {
    writeFileSync(snapshot, WEB);
    writeFileSync(config, CONFIG);
    const started = startSync(netns, ['-c', config, ...flags], env);
    try {
      await use({ host, netns, ...started });
    } finally {
      await started.kill();
    }
  });
}

async function rules(host: Host): Promise<string> {
  return (await host.run(['iptables-nft-save'])).stdout;
}

describeKernel('vipc sync', () => {
  it('applies a snapshot and its changes, excludes others, and leaves the rules when it ends', () =>
    running(['--snapshot', snapshot], async ({ host, netns, said, end }) => {
      const { healthzPort, metricsPort } = await said('started');
      expect(await said('synced')).toMatchObject({
        level: 'info',
        kind: 'full',
        changes: { services: 1, slices: 1 },
      });
      expect(await rules(host)).toContain('10.244.2.6:8080');
      writeFileSync(snapshot, WEB.replace('10.244.2.6', '10.244.2.7'));
      expect(await said('synced')).toMatchObject({ changes: { services: 0, slices: 1 } });
      expect(await rules(host)).toContain('10.244.2.7:8080');

      const other = await vipc(['apply', '--netns', netns, '--wait', '1', snapshot]);
      expect(other).toMatchObject({ code: 2, stderr: expect.stringMatching(/held by another vipc \(process \d+\)/) });
      const health = await fetch(`http://127.0.0.1:${healthzPort}/healthz`);
      expect([health.status, await health.json()]).toEqual([200, expect.objectContaining({ nodeEligible: true })]);
      const page = await fetch(`http://127.0.0.1:${metricsPort}/rules?service=default/web`);
      expect(await page.text()).toContain('DNAT --to-destination 10.244.2.7:8080');

      expect(await end()).toBe(0);
      expect(await rules(host)).toContain('10.244.2.7:8080');
    }));

  describe('while a tool runs', () => {
    // A slow iptables-save, which signals that it runs.
    const [bin, busy] = [join(directory, 'bin'), join(directory, 'busy')];
    mkdirSync(bin);
    writeFileSync(
      join(bin, 'iptables-nft-save'),
      `#!/bin/sh\ntouch ${busy}\nsleep 1\nPATH=\${PATH#*:} exec iptables-nft-save "$@"\n`,
      { mode: 0o755 },
    );
    const whenBusy = (use: (running: Running) => Promise<void>) =>
      running(
        ['--snapshot', snapshot, '--cleanup-on-exit'],
        async (running) => {
          await running.said('synced');
          rmSync(busy);
          writeFileSync(snapshot, WEB.replace('10.244.2.6', '10.244.2.7'));
          await eventually('the tool runs', () => existsSync(busy));
          await use(running);
        },
        { ...process.env, PATH: `${bin}:${process.env['PATH']}` },
      );

    it('a signal lets it finish', () =>
      whenBusy(async ({ host, end }) => {
        expect(await end()).toBe(0);
        expect(await rules(host)).not.toContain('KUBE-');
      }));

    it('a second signal does not', () =>
      whenBusy(async ({ host, child, said, end }) => {
        child.kill('SIGINT');
        await said('stopping');
        expect(await end()).toBe(2);
        expect(await rules(host)).toContain('KUBE-');
      }));
  });

  it('takes the rules away in the end when asked to', () =>
    running(['--snapshot', snapshot, '--cleanup-on-exit'], async ({ host, said, end }) => {
      await said('synced');
      expect(await rules(host)).toContain('KUBE-');
      expect(await end()).toBe(0);
      expect(await rules(host)).not.toContain('KUBE-');
    }));

  it('reads its configuration again at SIGHUP, and keeps the old one when that is wrong', () =>
    running(['--snapshot', snapshot], async ({ host, child, said }) => {
      await said('synced');
      writeFileSync(config, `${CONFIG}mode: nonsense\n`);
      child.kill('SIGHUP');
      await said('the configuration stays as it was: ');
      writeFileSync(config, CONFIG.replace('iptables: {', 'iptables: {masqueradeBit: 20, '));
      child.kill('SIGHUP');
      await said('configuration read again');
      await said('synced');
      expect(await rules(host)).toContain('--set-xmark 0x100000/0x100000');
    }));

  it('reads its configuration again when it is told to during a full sync, or before it has begun', () => {
    const [bin, busy, go] = ['bin-slow', 'busy-slow', 'go-slow'].map((name) => join(directory, name)) as [
      string,
      string,
      string,
    ];
    mkdirSync(bin);
    // iptables-save waits for a file.
    const wait = `touch ${busy}; while [ ! -e ${go} ]; do sleep 0.02; done`;
    writeFileSync(
      join(bin, 'iptables-nft-save'),
      `#!/bin/sh\n${wait}\nPATH=\${PATH#*:} exec iptables-nft-save "$@"\n`,
      { mode: 0o755 },
    );
    const once = CONFIG.replace('syncPeriod: 2s', 'syncPeriod: 1h');
    return running(
      ['--snapshot', snapshot],
      async ({ host, child, said }) => {
        const marked = async (mark: string) => {
          for (let i = 0; i < 600; i++) {
            if ((await rules(host)).includes(`--set-xmark ${mark}/${mark}`)) return;
            await new Promise((resolve) => setTimeout(resolve, 50));
          }
          throw new Error(`the node has no rules with ${mark}`);
        };
        // While it detects its tools, before it has started.
        await eventually('the tool runs', () => existsSync(busy));
        writeFileSync(config, once.replace('iptables: {', 'iptables: {masqueradeBit: 20, '));
        child.kill('SIGHUP');
        await new Promise((resolve) => setTimeout(resolve, 100));
        writeFileSync(go, '');
        await said('configuration read again');
        await marked('0x100000');
        // The sync has read the node back: nothing of it waits for the file.
        await said('synced');
        rmSync(go);
        rmSync(busy);
        child.kill('SIGHUP');
        await eventually('the tool runs', () => existsSync(busy));
        writeFileSync(config, once.replace('iptables: {', 'iptables: {masqueradeBit: 21, '));
        child.kill('SIGHUP');
        await said('configuration read again');
        await said('configuration read again');
        writeFileSync(go, '');
        await marked('0x200000');
      },
      { ...process.env, PATH: `${bin}:${process.env['PATH']}` },
    );
  });

  it('writes its log for people when asked to', () =>
    running(['--snapshot', snapshot, '--log-format', 'text'], async ({ said, end }) => {
      const line = String((await said('20'))['msg']);
      expect(line).toMatch(
        /^\d{4}-\d\d-\d\dT[\d:.]+Z info {2}started iptables=nft nft=[\d.]+ healthzPort=\d+ metricsPort=\d+$/,
      );
      expect(String((await said('20'))['msg'])).toMatch(/ info {2}synced kind=full .* changed=default\/web /);
      expect(await end()).toBe(0);
    }));

  it('ends when it cannot begin', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    const isTaken = join(directory, 'taken.yaml');
    writeFileSync(isTaken, CONFIG.replace('metricsBindAddress: 127.0.0.1:0', `metricsBindAddress: 127.0.0.1:${port}`));
    for (const [flags, message] of [
      [['--snapshot', snapshot, '-c', isTaken], 'error: metricsBindAddress: port'],
      [['--kubeconfig', join(directory, 'nowhere')], 'error: kubeconfig'],
    ] as const) {
      await running(flags, async ({ child, said }) => {
        await said(message);
        expect(await eventually('it ends', () => child.exitCode ?? undefined)).toBe(2);
      });
    }
    taken.close();
  });

  it('takes its objects from an API, and counts its requests', async () => {
    const api = await startApiServer();
    for (const object of clusterObjects(3)) api.put(object);
    writeFileSync(kubeconfig, api.kubeconfig());
    await running(['--kubeconfig', kubeconfig, '--node', 'node-a'], async ({ host, said }) => {
      const { metricsPort } = await said('started');
      await said('synced');
      expect((await rules(host)).match(/^:VIPC-SVC-/gm)?.length).toBeGreaterThan(0);
      const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
      expect(metrics).toMatch(/^rest_client_requests_total\{code="200",host="127.0.0.1:\d+",method="GET"\} [1-9]/m);
    });
    await api.close();
  });
});
