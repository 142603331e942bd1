/**
 * The daemon's page in a real browser: the same views as of a file, and what the daemon does, which is kept up to date.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { builtPage } from '../cli/page.js';
import { readCluster } from '../front.js';
import { DEFAULT_OPTIONS } from '../options.js';
import { loadSources } from '../read/source.js';
import type { Snapshot } from '../read/types.js';
import { proxyHealth } from '../serve/health.js';
import { type History, newHistory } from '../serve/history.js';
import { newMetrics } from '../serve/metrics.js';
import { type Servers, startServers } from '../serve/server.js';
import { ROOT } from '../testing/cases/cases.js';
import { type Browser, openBrowser, openPage, overflow, seriousIn, settled } from '../testing/machine/browser.js';
import { describeInBrowser } from '../testing/machine/rings.js';
import { eventually } from '../testing/run/patience.js';

const describeBrowser = describeInBrowser();

interface Now {
  snapshot: Snapshot;
  readonly history: History;
  waits: readonly string[];
}

/** A daemon's server, with a cluster and a history that a test changes. */
async function serve(now: Now): Promise<Servers> {
  const data = { title: 'node node-a', version: '1', namespace: 'default', domain: 'cluster.local', isServed: true };
  return startServers(
    { metrics: { host: '127.0.0.1', port: 0 } },
    {
      health: proxyHealth(60_000),
      nodeEligible: () => true,
      metrics: newMetrics(),
      compiled: () => undefined,
      page: {
        parts: builtPage(),
        isOpen: false,
        report: () => ({
          snapshot: now.snapshot,
          data: { ...data, options: { ...DEFAULT_OPTIONS, nodeName: 'node-a' }, mentioned: [], said: [] },
        }),
        state: () => ({
          ...now.history.data(),
          at: Date.now(),
          isHealthy: true,
          waiting: { services: now.waits.length, endpoints: 0, nodes: 0, names: now.waits, since: Date.now() - 3000 },
        }),
      },
    },
  );
}

describeBrowser('the daemon’s page', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  it('shows what the daemon does, and what changes, by itself', async () => {
    const { value } = await loadSources([`${ROOT}fixtures/packets/services/cluster.yaml`], async () => Buffer.alloc(0));
    const { value: whole } = readCluster(value, {});
    const now: Now = {
      snapshot: { ...whole, services: whole.services.slice(1) },
      history: newHistory(),
      waits: ['default/late'],
    };
    for (let i = 0; i < 30; i++) {
      const event = { at: Date.now() - (30 - i) * 1000, ok: i !== 20, ms: 3 * (1 + (i % 5)) ** 2, lines: i } as const;
      now.history.synced({ ...event, kind: i % 10 === 0 ? 'full' : 'partial' }, [`default/svc-${i}`], []);
    }
    const servers = await serve(now);
    const url = `http://127.0.0.1:${servers.metricsPort}/`;
    const may = (asked: string) => asked.startsWith(`${url}page/`);
    const { page, wrong, close } = await openPage(browser, `${url}#/daemon`, { may, colorScheme: 'dark' });
    const shows = (text: RegExp) =>
      eventually(String(text), async () => text.test((await page.locator('main').textContent()) ?? ''));
    await shows(/1 change waits for a sync since 3 s: default\/late/);
    await shows(/13 Services/);
    expect(await page.locator('.chart').getAttribute('aria-label')).toBe('30 syncs, 1 failed, the longest took 75 ms');
    expect(await overflow(page)).toBe(0);
    expect(await seriousIn(page)).toEqual([]);
    const line = { kind: '+', text: '-A KUBE-SERVICES -j DROP' } as const;
    now.history.synced(
      { at: Date.now(), kind: 'full', ok: true, ms: 40, lines: 1 },
      [],
      [{ service: 'default/web:tcp', sections: [{ title: 'nat', lines: [line] }] }],
    );
    now.history.said('compile', [{ code: 'x', severity: 'error', message: 'spec.ports is <b>wrong</b>' }]);
    now.waits = [];
    now.snapshot = whole;
    await shows(/No change waits/);
    await shows(/spec\.ports is <b>wrong<\/b>/);
    await shows(/default\/web:tcp, 1 line/);
    await shows(/14 Services/);
    await page.evaluate("location.hash = '#/service/default/web'");
    await settled(page);
    await shows(/Who reaches it/);
    expect(wrong).toEqual([]);
    await servers.close();
    await page.evaluate("location.hash = '#/daemon'");
    await shows(/the daemon does not answer/);
    await close();
  });
});
