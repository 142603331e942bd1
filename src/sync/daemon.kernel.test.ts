/**
 * The daemon, from the API to the kernel: after every fault of the API or on the node, the node has the rules of the
 * cluster within a bounded time.
 */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it } from '@jest/globals';
import { VARIANTS } from '../testing/machine/kernel.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { randomChange } from '../testing/node/churn.js';
import { type RunningDaemon, withDaemon } from '../testing/node/daemon.js';
import { sample } from '../testing/run/extent.js';
import { eventually, pause } from '../testing/run/patience.js';
import { freePort } from '../testing/run/ports.js';

const describeKernel = await describeInKernel();

/** Seconds; a sync takes a tenth of one, but other tests run at the same time. */
const BOUND = 20;

type Fault = (running: RunningDaemon) => Promise<void> | void;

const change: Fault = ({ api }) => {
  for (let i = 0; i < 10; i++) randomChange(api);
};

/** Faults; changes follow each, and all must reach the node. */
const FAULTS: readonly [string, Fault][] = [
  ['nothing but changes', change],
  ['all connections are cut', ({ api }) => api.dropAll()],
  ['the server takes no connection for a while', ({ api }) => api.refuse('connection', 1000)],
  ['the server answers 500 for a while, and watches end', ({ api }) => (api.refuse(500, 1000), api.endWatches())],
  ['the server forgets what happened, and says Gone', ({ api }) => (api.expire(), api.endWatches())],
  ['Gone as a status', ({ api }) => (api.goneAsStatus(true), api.expire(), api.endWatches())],
  ['an event is cut in the middle', ({ api }) => api.cutMidLine()],
  ['nonsense comes as an event', ({ api }) => api.say('{"type":"ADDED","object":7}')],
  [
    'the server stalls',
    async ({ api }) => {
      api.stall(true);
      change({ api } as RunningDaemon);
      await pause(2);
      api.stall(false);
    },
  ],
  [
    'objects are deleted while no client is connected',
    ({ api }) => {
      api.refuse('connection', 500);
      api.dropAll();
      api.expire();
      for (const { metadata } of api.objects('Service').slice(0, 5)) {
        api.remove('Service', metadata.namespace ?? '', metadata.name);
      }
    },
  ],
  [
    'an invalid object',
    ({ api }) => {
      const [found] = api.objects('Service');
      api.put({
        ...found,
        metadata: { name: 'bad', namespace: 'default' },
        spec: { clusterIP: '"; -j ACCEPT', ports: [] },
      });
      api.remove('Service', 'default', 'bad');
    },
  ],
];

describeKernel.each(sample(VARIANTS, 1, 'daemon'))('the daemon, iptables-%s', (variant) => {
  it('has the rules of the cluster after every fault', () =>
    withDaemon(variant, async (running) => {
      await running.daemon.ready;
      expect(await running.inSync(BOUND)).toBeLessThan(BOUND);
      for (const [name, fault] of sample(FAULTS, 3, variant, 6)) {
        await fault(running);
        await change(running);
        expect({ name, seconds: await running.inSync(BOUND) }).toEqual({ name, seconds: expect.any(Number) });
        expect(Number.isFinite(await running.inSync(BOUND))).toBe(true);
      }
      expect(running.said.filter(({ msg }) => msg.startsWith('sync failed'))).toEqual([]);
    }));

  it('repairs and reports the changes of another program', () =>
    withDaemon(variant, async ({ host, daemon, said, inSync, get }) => {
      await daemon.ready;
      await host.run([`iptables-${variant}`, '-w', '-t', 'nat', '-F', 'KUBE-POSTROUTING']);
      expect(await inSync(BOUND)).toBeLessThan(BOUND);
      const drift = await eventually('drift is logged', () => said.find(({ msg }) => msg === 'drift'));
      expect(drift).toMatchObject({ what: 'iptables nat KUBE-POSTROUTING', foreign: [] });
      expect(drift?.['missing']).toHaveLength(3);
      expect((await get('metrics', '/metrics')).body).toMatch(/^vipc_drift_repaired_total\{kind="missing"\} 3$/m);
    }));

  it('applies nothing before all kinds were listed', () =>
    withDaemon(variant, async ({ host, api, daemon, inSync }) => {
      // The daemon has just been started: nothing was listed yet.
      api.refuse(503);
      await pause(0.7);
      expect((await host.run([`iptables-${variant}-save`])).stdout).not.toContain('KUBE-SVC');
      await api.accept();
      await daemon.ready;
      expect(await inSync(BOUND)).toBeLessThan(BOUND);
    }));

  it('keeps the old rules and logs it while a tool refuses, and recovers', () =>
    withDaemon(variant, async ({ host, node, api, daemon, said, inSync, get }) => {
      await daemon.ready;
      const { run } = host;
      const broken = { on: true };
      Object.assign(node.target.host, {
        run: (argv: readonly string[], stdin?: string) =>
          broken.on && argv[0]?.endsWith('-restore') && !argv.includes('--version')
            ? Promise.resolve({ code: 2, stdout: '', stderr: 'Error occurred at line: 2\n' })
            : run(argv, stdin),
      });
      const before = (await run([`iptables-${variant}-save`, '-t', 'nat'])).stdout.match(/^-A.*/gm);
      await eventually('a sync fails', () => {
        randomChange(api);
        return said.some(({ msg }) => msg.startsWith('sync failed'));
      });
      expect((await run([`iptables-${variant}-save`, '-t', 'nat'])).stdout.match(/^-A.*/gm)).toEqual(before);
      // A change that waits for two periods is too much.
      await eventually('it is not healthy', async () => (await get('healthz', '/healthz')).status === 503);
      broken.on = false;
      expect(await inSync(BOUND)).toBeLessThan(BOUND);
      await eventually('it is healthy', async () => (await get('healthz', '/healthz')).status === 200);
      expect((await get('metrics', '/metrics')).body).toMatch(/restore_failures_total\{ip_family="IPv4"\} [1-9]/);
    }));

  it('serves a health check as soon as its port is free, though nothing changes', () =>
    withDaemon(variant, async ({ api, daemon, said }) => {
      await daemon.ready;
      const [port, other] = [await freePort(), createServer()];
      await once(other.listen(port), 'listening');
      const [found] = api.objects('Service');
      const local = { type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: port };
      api.put({ ...found, spec: { ...(found?.spec as object), ...local } });
      await eventually('it is told', () =>
        said.some(({ msg }) => msg.includes(`Service default/${found?.metadata.name}`)),
      );
      other.close();
      await eventually('it is served', () => fetch(`http://127.0.0.1:${port}`).catch(() => undefined));
    }));

  it('asks for nothing that the manifest does not grant', () =>
    withDaemon(variant, async ({ api, daemon }) => {
      await daemon.ready;
      await pause(1);
      const asked = new Set(api.requests().map(({ verb, resource, group }) => `${verb} ${resource}.${group}`));
      expect([...asked].sort()).toEqual([
        'list endpointslices.discovery.k8s.io',
        'list nodes.',
        'list services.',
        'watch endpointslices.discovery.k8s.io',
        'watch nodes.',
        'watch services.',
      ]);
    }));
});
