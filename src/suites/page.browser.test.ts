/**
 * The page of `vipc report` in a real browser: every view at three widths, dark and light; no request leaves it; axe
 * finds nothing serious; a packet gets the answer of `vipc trace`; whatever the input holds is text.
 */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readCluster } from '../front.js';
import { loadSources } from '../read/source.js';
import { ROOT } from '../testing/cases/cases.js';
import {
  type Browser,
  openBrowser,
  openPage,
  overflow,
  type Page,
  seriousIn,
  settled,
} from '../testing/machine/browser.js';
import { describeInBrowser } from '../testing/machine/rings.js';
import { randomQuestions, type TypedQuestion } from '../testing/random/questions.js';
import { often, seed } from '../testing/run/extent.js';
import { reportPage } from '../testing/run/page.js';
import { vipc } from '../testing/run/vipc.js';

const describeBrowser = describeInBrowser();

/** With VIPC_SCREENSHOTS=DIR every look is kept there, for people. */
const KEPT = process.env['VIPC_SCREENSHOTS'];

const CLUSTER = `${ROOT}fixtures/packets/services/cluster.yaml`;

/** A Service with so many endpoints that a drawing of their ways scrolls. */
function wide(): string {
  const metadata = { name: 'wide', namespace: 'default' };
  const spec = { clusterIP: '10.96.0.1', clusterIPs: ['10.96.0.1'], ipFamilies: ['IPv4'], ports: [{ port: 80 }] };
  const labels = { 'kubernetes.io/service-name': 'wide' };
  const endpoints = Array.from({ length: 200 }, (_, i) => ({ addresses: [`10.244.1.${i + 1}`], nodeName: 'node-a' }));
  const items = [
    { apiVersion: 'v1', kind: 'Service', metadata, spec },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...metadata, labels },
      addressType: 'IPv4',
      ports: [{ port: 80 }],
      endpoints,
    },
  ];
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}

/** The same cluster with an endpoint for a Service that has none any more. */
function earlier(): string {
  const file = join(mkdtempSync(join(tmpdir(), 'earlier-')), 'earlier.yaml');
  const slice = `---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: empty-1, namespace: default, labels: {kubernetes.io/service-name: empty}}
addressType: IPv4
ports: [{name: tcp, protocol: TCP, port: 8080}]
endpoints: [{addresses: [10.244.1.5], nodeName: node-a}]
`;
  writeFileSync(file, `${readFileSync(CLUSTER, 'utf8')}${slice}`);
  return file;
}

const VIEWS: readonly (readonly [view: string, says: RegExp])[] = [
  ['services', /14 Services/],
  ['service/default/web', /Who reaches it/],
  ['service/default/empty', /refused/],
  ['packet?from=outside&to=svc/web:tcp', /10\.244\.2\.6:8080/],
  ['findings', /internal-elsewhere/],
  ['changes', /no endpoint left/],
  ['nodes', /side by side/],
];

/** axe, which takes longest, looks at each scheme once, and once at a narrow page. */
const LOOKS = [
  { width: 320, scheme: 'dark', isAxed: true },
  { width: 1600, scheme: 'light', isAxed: true },
  { width: 800, scheme: 'light', isAxed: false },
  { width: 320, scheme: 'light', isAxed: false },
  { width: 800, scheme: 'dark', isAxed: false },
  { width: 1600, scheme: 'dark', isAxed: false },
] as const;

describeBrowser('the page', () => {
  let browser: Browser;
  let url = '';
  beforeAll(async () => {
    browser = await openBrowser();
    url = await reportPage(['--against', earlier(), CLUSTER, '--node', 'node-a']);
  });
  afterAll(() => browser?.close());

  it.each(LOOKS.slice(0, often(3, LOOKS.length)))(
    'at $width pixels, $scheme: every view',
    async ({ width, scheme, isAxed }) => {
      const { page, wrong, close } = await openPage(browser, url, {
        viewport: { width, height: 900 },
        colorScheme: scheme,
      });
      for (const [view, says] of VIEWS) {
        await page.evaluate(`location.hash = '#/${view}'`);
        await settled(page);
        const text = await page.locator('main').textContent();
        expect({ view, says: says.test(text ?? '') }).toEqual({ view, says: true });
        expect({ view, wider: await overflow(page) }).toEqual({ view, wider: 0 });
        if (isAxed) expect({ view, serious: await seriousIn(page) }).toEqual({ view, serious: [] });
        if (KEPT === undefined) continue;
        mkdirSync(KEPT, { recursive: true });
        const name = `${view.replace(/[^\w]+/g, '-')}-${width}-${scheme}.png`;
        await page.screenshot({ path: join(KEPT, name), fullPage: true });
      }
      expect(wrong).toEqual([]);
      await close();
    },
  );

  it('a click, a key and a search lead where they say', async () => {
    const { page, wrong, close } = await openPage(browser, url);
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
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await settled(page);
    const [, second = ''] = await page.locator('.row .name strong').allTextContents();
    expect(await page.locator('h1').textContent()).toBe(`default/${second}`);
    const before = await page.evaluate('getComputedStyle(document.body).backgroundColor');
    await page.getByRole('button', { name: /Colours/ }).click();
    await settled(page);
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).not.toBe(before);
    expect(wrong).toEqual([]);
    await close();
  });

  it('a Service: another client, another address, another node draw another way; a rule says what it does', async () => {
    const { page, wrong, close } = await openPage(browser, `${url}#/service/default/local`);
    const drawn = () => page.locator('.drawing svg').getAttribute('aria-label');
    await page.getByLabel('Client').selectOption('outside');
    await page.getByLabel('Connects to').selectOption('LoadBalancerIP 203.0.113.5:80');
    const way = await drawn();
    expect(way).toMatch(
      /^outside to LoadBalancerIP .* through .*KUBE-EXT-.* to 10\.244\.1\.5:8080 \(1\/2\), 10\.244\.1\.6:8080 \(1\/2\)$/,
    );
    await page.getByLabel('Client').selectOption('pod on this node');
    expect(await drawn()).not.toBe(way);
    const rule = page.locator('.lines li', { hasText: '-j DNAT' }).first();
    await rule.hover();
    expect(await rule.locator('.words').textContent()).toMatch(/is sent to the endpoint 10\.244\.1\.5:8080\.$/);
    expect(await rule.locator('.words').isVisible()).toBe(true);
    expect(wrong).toEqual([]);
    await close();
  });

  it.each([320, 800])('a drawing wider than its place begins at the client, at %i pixels', async (width) => {
    const look = { viewport: { width, height: 900 } };
    const { page, wrong, close } = await openPage(browser, await reportPage(['-', '--layout', 'fast'], wide()), look);
    await page.evaluate(`location.hash = '#/service/default/wide'`);
    await settled(page);
    const place = await page.locator('.drawing').boundingBox();
    const drawing = await page.locator('.drawing svg').boundingBox();
    const client = await page.locator('.drawing .node.client').boundingBox();
    if (!place || !drawing || !client) throw new Error('there is no drawing');
    expect(drawing.width).toBeGreaterThan(place.width);
    expect(client.x).toBeGreaterThanOrEqual(place.x);
    expect(client.x + client.width).toBeLessThanOrEqual(place.x + place.width);
    expect(wrong).toEqual([]);
    await close();
  });

  /** A question that has an answer. */
  const SURE: TypedQuestion = { from: 'node/node-a', to: 'svc/web:tcp', protocol: '', node: '' };

  const MODES: readonly { readonly mode: readonly string[] }[] = [
    { mode: [] },
    { mode: ['--mode', 'ipvs'] },
    { mode: ['--mode', 'nftables', '--layout', 'kube-proxy'] },
    { mode: ['--mode', 'nftables', '--layout', 'fast'] },
  ];

  it.each(MODES)('the packet box answers as vipc trace does: %j', async ({ mode }) => {
    const address = await reportPage([CLUSTER, ...mode]);
    const { page, wrong, close } = await openPage(browser, `${address}#/packet`);
    const { value } = await loadSources([CLUSTER], async () => Buffer.alloc(0));
    const { value: snapshot } = readCluster(value, {});
    const questions = [
      SURE,
      ...randomQuestions(snapshot, often(12, 49), seed + MODES.findIndex((each) => each.mode === mode)),
    ];
    const firsts: string[] = [];
    for (const question of questions) {
      const answer = await asked(page, question);
      const told = await traced(question, mode);
      expect({ question, answer }).toEqual({ question, answer: told ?? expect.any(String) });
      firsts.push(answer.split('\n')[0] ?? '');
    }
    expect(new Set(firsts).size).toBeGreaterThan(3);
    expect(firsts[0]).toMatch(/^reaches one of 3 endpoints/);
    expect(wrong).toEqual([]);
    await close();
  });
});

/** Types a question into the box and reads the answer; in one go, because there are many. */
async function asked(page: Page, question: TypedQuestion): Promise<string> {
  const text = await page.evaluate(`(async (values) => {
    const fields = [...document.querySelectorAll('form input, form select')];
    for (const [i, field] of fields.entries()) {
      field.value = values[i];
      field.dispatchEvent(new Event(field.tagName === 'INPUT' ? 'input' : 'change', { bubbles: true }));
      await null;
    }
    document.querySelector('form button').click();
    const frame = () => new Promise(requestAnimationFrame);
    await frame();
    while (document.querySelector('.wait, [aria-busy=true]')) await frame();
    return [...document.querySelectorAll('.answer .verdict, .answer pre')].map((part) => part.textContent).join('\\n');
  })(${JSON.stringify([question.from, question.to, question.protocol, question.node])})`);
  return String(text).trim();
}

/** What `vipc trace` prints; undefined where it asks for a node, for which the page takes the first. */
async function traced({ from, to, protocol, node }: TypedQuestion, mode: readonly string[]) {
  const flags = [...(protocol === '' ? [] : ['--protocol', protocol]), ...(node === '' ? [] : ['--node', node])];
  const { stdout, stderr } = await vipc(['trace', CLUSTER, `--from=${from}`, `--to=${to}`, ...flags, ...mode], '');
  if (stdout !== '') return stdout.trim();
  if (/rules are made for one of them|needs a value/.test(stderr)) return undefined;
  return stderr
    .trim()
    .replace(/^error: /, '')
    .replace(/^--(from|to) /, '“$1” ')
    .replaceAll('\n  ', '\n');
}
