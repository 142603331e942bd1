/**
 * The page of `vipc report` in a real browser: every view at three widths, dark and light; no request leaves it; axe
 * finds nothing serious; a packet gets the answer of `vipc trace`; whatever the input holds is text.
 */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { ROOT } from '../testing/cases/cases.js';
import { openBrowser, openPage, overflow, seriousIn, settled } from '../testing/machine/browser.js';
import { describeInBrowser } from '../testing/machine/rings.js';
import { reportPage } from '../testing/run/page.js';

const describeBrowser = describeInBrowser();

/** With VIPC_SCREENSHOTS=DIR every look is kept there, for people. */
const KEPT = process.env['VIPC_SCREENSHOTS'];

const CLUSTER = `${ROOT}fixtures/packets/services/cluster.yaml`;

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
  ['changes', /no endpoint left/],
  ['nodes', /side by side/],
];

/** axe, which takes longest, looks at each scheme once, and once at a narrow page. */
const LOOKS = [
  { width: 320, scheme: 'dark', isAxed: true },
  { width: 1600, scheme: 'light', isAxed: true },
  { width: 320, scheme: 'light', isAxed: false },
  { width: 800, scheme: 'light', isAxed: false },
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

  it.each(LOOKS)('at $width pixels, $scheme: every view', async ({ width, scheme, isAxed }) => {
    const { page, wrong, close } = await openPage(browser, url, { viewport: { width, height: 900 }, colorScheme: scheme });
    for (const [view, says] of VIEWS) {
      await page.evaluate(`location.hash = '#/${view}'`);
      await settled(page);
      const text = await page.locator('main').innerText();
      expect({ view, says: says.test(text) }).toEqual({ view, says: true });
      expect({ view, wider: await overflow(page) }).toEqual({ view, wider: 0 });
      if (isAxed) expect({ view, serious: await seriousIn(page) }).toEqual({ view, serious: [] });
      if (KEPT === undefined) continue;
      mkdirSync(KEPT, { recursive: true });
      const name = `${view.replace(/[^\w]+/g, '-')}-${width}-${scheme}.png`;
      await page.screenshot({ path: join(KEPT, name), fullPage: true });
    }
    expect(wrong).toEqual([]);
    await close();
  });
});
