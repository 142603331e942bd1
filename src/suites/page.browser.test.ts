/**
 * Pages in a real browser, of a file, a node and the daemon: every view at three widths, dark and light; axe finds nothing
 * serious; no request leaves; a packet gets the answer of `vipc trace`; whatever the input holds is text. All in one file
 * and one browser: to start one and to load vipc takes as long as most tests here.
 */
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { builtPage, pageOf } from '../cli/page.js';
import { keyOf } from '../read/types.js';
import { ROOT } from '../testing/cases/cases.js';
import { ATTACKS, hostileReport } from '../testing/cases/hostile-report.js';
import { EARLIER, HOSTILE, longCluster, wideCluster } from '../testing/cases/page-inputs.js';
import { type Browser, openBrowser, openTab, type Page, settled, type Tab } from '../testing/machine/browser.js';
import { succeeded } from '../testing/machine/netns.js';
import { describeInBrowser, describeInKernel } from '../testing/machine/rings.js';
import { busyHistory, type Now, servePage } from '../testing/run/daemon-page.js';
import { often, sample, seed } from '../testing/run/extent.js';
import { beginsAtClient, keepsFocus } from '../testing/run/in-sight.js';
import { harmless, looked, WIDTHS } from '../testing/run/looks.js';
import { onNode } from '../testing/run/on-node.js';
import { agreed, framesOfWaiting, kept } from '../testing/run/packet-box.js';
import { fileOf, reportPage, snapshotOf } from '../testing/run/page.js';
import { eventually } from '../testing/run/patience.js';
import { WEB } from '../testing/run/shop.js';
import { again, ask, clicked, goTo, row, type View } from '../testing/run/views.js';

const describeBrowser = describeInBrowser();
const describeKernel = await describeInKernel();

const CLUSTER = `${ROOT}fixtures/packets/services/cluster.yaml`;

const VIEWS: readonly View[] = [
  { name: 'services', link: 'Services', says: /14 Services/ },
  { name: 'service', link: 'Services', says: /Who reaches it/, next: row('web') },
  { name: 'service without endpoints', link: 'Services', says: /refused/, next: row('empty') },
  { name: 'packet', link: 'Packet', says: /10\.244\.2\.6:8080/, next: ask('outside', 'svc/web:tcp') },
  { name: 'findings', link: 'Findings', says: /internal-elsewhere/ },
  { name: 'changes', link: 'Changes', says: /no endpoint left/ },
  { name: 'nodes', link: 'Nodes', says: /do not treat alike5 ServicePorts/, next: again('node-b side by side') },
];

/** The modes and layouts of rules; those of the command by default first. */
const MODES = [
  { mode: [] },
  { mode: ['--layout', 'fast'] },
  { mode: ['--mode', 'ipvs'] },
  { mode: ['--mode', 'nftables', '--layout', 'kube-proxy'] },
  { mode: ['--mode', 'nftables', '--layout', 'fast'] },
].map((each, i) => ({ ...each, i }));

describeBrowser('pages', () => {
  let browser: Browser;
  let tab: Tab;
  let page: Page;
  beforeAll(async () => {
    browser = await openBrowser();
    tab = await openTab(browser);
    page = tab.page;
  });
  afterAll(() => browser?.close());
  afterEach(() => expect(tab.wrong).toEqual([]));

  describe('of a file', () => {
    beforeAll(async () => {
      const earlier = fileOf('earlier.yaml', `${readFileSync(CLUSTER, 'utf8')}${EARLIER}`);
      await tab.open(await reportPage(['--against', earlier, CLUSTER]));
    });

    it.each(WIDTHS)('at %i pixels every view is reached by clicks, dark and light', async (width) => {
      await page.setViewportSize({ width, height: 900 });
      for (const view of VIEWS) {
        const text = await clicked(page, view);
        expect({ view: view.name, says: view.says.test(text) }).toEqual({ view: view.name, says: true });
        await looked(page, view.name, [width]);
      }
    });

    it('a click, a key and a search lead where they say', async () => {
      await clicked(page, { link: 'Services' });
      await page.keyboard.press('/');
      await page.keyboard.type('hairpin');
      expect(await page.getByRole('status').textContent()).toBe('1 Service of 14');
      await page.keyboard.press('Control+a');
      await page.keyboard.press('Delete');
      await page.getByLabel('Show').selectOption('changed');
      expect(await page.locator('.row .name').allTextContents()).toEqual(['empty default']);
      await page.getByLabel('Show').selectOption('');
      await page.getByLabel('Type').selectOption('LoadBalancer');
      await page.locator('.row').first().focus();
      for (const key of ['ArrowDown', 'Enter']) await page.keyboard.press(key);
      await settled(page);
      const [, second = ''] = await page.locator('.row .name strong').allTextContents();
      expect(await page.locator('h1').textContent()).toBe(`default/${second}`);
      const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
      await page.emulateMedia({ colorScheme: 'light' });
      const before = await ground();
      const colours = page.getByRole('button', { name: /Colours/ });
      await colours.click();
      await settled(page);
      expect(await ground()).not.toBe(before);
      for (const _ of ['light', 'system']) await colours.click();
    });

    it('a Service: another client, address or node draws another way; a rule says what it does, on paper each', async () => {
      await goTo(page, '#/service/default/local');
      const drawn = () => page.locator('.drawing svg').getAttribute('aria-label');
      await page.getByLabel('Client').selectOption('outside');
      await page.getByLabel('Connects to').selectOption('LoadBalancerIP 203.0.113.5:80');
      const way = await drawn();
      expect(way).toMatch(
        /^outside to LoadBalancerIP .* through .*KUBE-EXT-.* to 10\.244\.1\.5:8080 \(1\/2\), 10\.244\.1\.6:8080 \(1\/2\)$/,
      );
      await page.getByLabel('Client').selectOption('pod on this node');
      const inside = await drawn();
      expect(inside).not.toBe(way);
      await page.getByRole('combobox', { name: 'On node' }).selectOption('node-b');
      expect(await drawn()).not.toBe(inside);
      await page.getByRole('combobox', { name: 'On node' }).selectOption('node-a');
      const rule = page.locator('.lines li', { hasText: '-j DNAT' }).first();
      await rule.hover();
      expect(await rule.locator('.words').textContent()).toMatch(/is sent to the endpoint 10\.244\.1\.5:8080\.$/);
      expect(await rule.locator('.words').isVisible()).toBe(true);
      const [other, choice] = [page.locator('.lines li .words').last(), page.getByLabel('Client')];
      const seen = async () => [await other.isVisible(), await choice.isVisible()];
      expect(await seen()).toEqual([false, true]);
      await page.emulateMedia({ media: 'print' });
      expect(await seen()).toEqual([true, false]);
      await page.emulateMedia({ media: null });
    });
  });

  it('a drawing wider than its place begins at the client', async () => {
    await tab.open(await reportPage(['-', '--layout', 'fast'], wideCluster()));
    for (const width of [320, 800]) {
      await page.setViewportSize({ width, height: 900 });
      await clicked(page, { link: 'Services', next: row('wide') });
      await beginsAtClient(page);
    }
  });

  it('the focus stays on its row, whatever is in sight; an address that is not there leads to the list', async () => {
    await tab.open(await reportPage(['-'], longCluster()));
    await keepsFocus(page);
    await goTo(page, '#/foo');
    expect(await page.title()).toMatch(/^services · vipc · /);
  });

  it.each(sample(MODES, 2, 'packet box'))('the packet box answers as vipc trace does: $mode', async ({ mode, i }) => {
    await tab.open(await reportPage([CLUSTER, ...mode]));
    expect(await framesOfWaiting(page, '#/packet?from=outside&to=svc/web:tcp')).toBeGreaterThan(0);
    const given = { cluster: CLUSTER, snapshot: await snapshotOf(CLUSTER), mode };
    const firsts = await agreed(page, given, often(8, 41), seed + i);
    await kept(page);
    expect(firsts[0]).toMatch(/^reaches one of 3 endpoints/);
    expect(new Set(firsts).size).toBeGreaterThan(2);
  });

  describe('of hostile input', () => {
    it('names, labels, zones, messages and differences are text', async () => {
      const report = hostileReport(await snapshotOf(CLUSTER));
      const file = fileOf('report.html', pageOf(report));
      const services = report.snapshot.services.map(
        (each) => `#/service/${keyOf(each).split('/').map(encodeURIComponent).join('/')}`,
      );
      const packet = `#/packet?from=${encodeURIComponent(ATTACKS[1] ?? '')}&to=x:80`;
      const views = [...sample(services, 3, 'hostile'), '#/nodes', '#/findings', packet, '#/changes'];
      const text = await harmless(tab, pathToFileURL(file).href, views);
      // The last view has them all.
      for (const attack of ATTACKS.slice(0, 7)) expect(text).toContain(attack);
    });

    it('files, their names and their errors are text', async () => {
      const file = fileOf('<img src=x onerror=hacked()>.yaml', HOSTILE);
      const views = ['#/services', '#/service/default/sound', '#/findings'];
      const text = await harmless(tab, await reportPage([file, '--skip-invalid']), views);
      expect(text).toContain('<img src=x onerror=hacked()>.yaml');
      await looked(page, 'findings of errors', [320]);
    });
  });

  describeKernel('of a node', () => {
    it('that differs: how, where, and that the packet box answers by other rules', () =>
      onNode('nft', async (run, host, netns) => {
        const how = ['--layout', 'kube-proxy'];
        await run('apply', WEB, ...how);
        const chain = /KUBE-SVC-\w+/.exec((await host.run(['iptables-nft', '-S', '-t', 'nat'])).stdout)?.[0] ?? '';
        succeeded(await host.run(['iptables-nft', '-t', 'nat', '-D', chain, '1']), 'iptables');
        const address = await reportPage([WEB, '--netns', netns, '--iptables', 'nft', ...how]);
        await tab.open(address);
        expect(await page.locator('.row').allTextContents()).toEqual([expect.stringMatching(/differs/)]);
        await page.getByLabel('Show').selectOption('differs');
        expect(await page.locator('.row').count()).toBe(1);
        const drift = await clicked(page, { link: 'Drift' });
        expect(drift).toMatch(/How node node-a differs from its rules/);
        expect(drift).toMatch(/default\/web:http endpoint 10\.244\.1\.5:8080 new \(1\/2 of new connections\)/);
        await page.getByText('default/web:http +1 -0').click();
        expect(await page.locator('.diff .plus').allTextContents()).toEqual([
          expect.stringMatching(/^\+ -A KUBE-SVC-.* --probability 0\.5/),
        ]);
        await looked(page, 'drift');
        await page.getByRole('link', { name: 'default/web:http' }).first().click();
        await settled(page);
        expect(await page.locator('main').textContent()).toMatch(/What differs on the node/);
        const packet = await clicked(page, { link: 'Packet', next: ask('outside', 'node/node-a:30080') });
        expect(packet).toMatch(/These are the rules that node node-a should have/);
        expect(packet).toMatch(/reaches one of 2 endpoints/);
        await looked(page, 'packet of a node that differs', [320, 1600]);
        await page.getByRole('main').getByRole('link', { name: 'Drift' }).click();
        expect(await page.locator('h2').first().textContent()).toBe('How node node-a differs from its rules');
      }));
  });

  it('of the daemon: what it does, and what changes, by itself', async () => {
    const whole = await snapshotOf(CLUSTER);
    const now: Now = {
      snapshot: { ...whole, services: whole.services.slice(1) },
      history: busyHistory(),
      waits: ['default/late'],
    };
    const servers = await servePage(now, builtPage());
    const url = `http://127.0.0.1:${servers.metricsPort}/`;
    const may = (asked: string) => asked.startsWith(`${url}page/`);
    await tab.open(`${url}#/daemon`, { may });
    const shows = (text: RegExp) =>
      eventually(String(text), async () => text.test((await page.locator('main').textContent()) ?? ''));
    await shows(/1 change waits for a sync since 3 s: default\/late/);
    await shows(/13 Services/);
    expect(await page.locator('.chart').getAttribute('aria-label')).toBe('30 syncs, 1 failed, the longest took 75 ms');
    await looked(page, 'daemon');
    now.history.synced(
      { at: Date.now(), kind: 'full', ok: true, ms: 40, lines: 1 },
      [],
      [{ service: 'default/web:tcp', sections: [{ title: 'nat', lines: [{ kind: '+', text: '-j DROP' }] }] }],
    );
    now.history.said('compile', [{ code: 'x', severity: 'error', message: 'spec.ports is <b>wrong</b>' }]);
    now.waits = [];
    now.snapshot = whole;
    await shows(/No change waits/);
    await shows(/spec\.ports is <b>wrong<\/b>/);
    await shows(/default\/web:tcp, 1 line/);
    await shows(/14 Services/);
    expect(await clicked(page, { link: 'Services', next: row('web') })).toMatch(/Who reaches it/);
    expect(tab.wrong).toEqual([]);
    await servers.close();
    await clicked(page, { link: 'Daemon' });
    await shows(/the daemon does not answer/);
    await tab.open('about:blank');
  });
});
