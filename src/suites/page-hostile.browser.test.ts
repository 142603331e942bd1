/**
 * Hostile input in the page: whatever a snapshot, a file name or a message holds is shown as text. No script runs, no
 * element is made, nothing is asked for.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { pageOf } from '../cli/page.js';
import { readCluster } from '../front.js';
import { loadSources } from '../read/source.js';
import { keyOf } from '../read/types.js';
import { ROOT } from '../testing/cases/cases.js';
import { ATTACKS, hostileReport } from '../testing/cases/hostile-report.js';
import { type Browser, openBrowser, openPage, settled } from '../testing/machine/browser.js';
import { describeInBrowser } from '../testing/machine/rings.js';
import { reportPage } from '../testing/run/page.js';

const describeBrowser = describeInBrowser();

/** Objects that errors are about; their values are in the messages. */
const BROKEN = `apiVersion: v1
kind: Service
metadata: {name: "<img src=x onerror=hacked()>"}
spec: {ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, labels: {"<b>": "</script><script>hacked()</script>"}}
spec: {type: "<svg onload=hacked()>", clusterIP: 10.96.0.1, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: sound}
spec: {clusterIP: 10.96.0.2, ports: [{port: 80}]}
---
apiVersion: "<b>/v1"
kind: "<iframe srcdoc=x>"
metadata: {name: "</script><script>hacked()</script>"}
`;

describeBrowser('hostile input', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  /** The text of the last view. */
  const looked = async (views: readonly string[], url: string): Promise<string> => {
    const { page, wrong, close } = await openPage(browser, url);
    for (const view of views) {
      await page.evaluate(`location.hash = ${JSON.stringify(view)}`);
      await settled(page);
      const made = await page.locator('img, iframe, base, object, embed, [onload], [onerror], [onmouseover]').count();
      expect({ view, made, scripts: await page.locator('script').count() }).toEqual({ view, made: 0, scripts: 2 });
    }
    const links = (await page.evaluate(
      "[...document.querySelectorAll('a')].map((a) => a.getAttribute('href'))",
    )) as string[];
    expect(links.filter((href) => !href.startsWith('#/'))).toEqual([]);
    const text = await page.locator('body').textContent();
    expect(wrong).toEqual([]);
    await close();
    return text ?? '';
  };

  it('in names, labels, zones, messages and differences is text', async () => {
    const { value } = await loadSources([`${ROOT}fixtures/packets/services/cluster.yaml`], async () => Buffer.alloc(0));
    const report = hostileReport(readCluster(value, {}).value);
    const file = join(mkdtempSync(join(tmpdir(), 'hostile-')), 'report.html');
    writeFileSync(file, pageOf(report));
    const services = report.snapshot.services.map(
      (each) => `#/service/${keyOf(each).split('/').map(encodeURIComponent).join('/')}`,
    );
    const views = [
      ...services.slice(0, 4),
      '#/nodes',
      '#/findings',
      `#/packet?from=${encodeURIComponent(ATTACKS[1] ?? '')}&to=x:80`,
      '#/changes',
    ];
    const text = await looked(views, pathToFileURL(file).href);
    // The last view has them all.
    for (const attack of ATTACKS.slice(0, 7)) expect(text).toContain(attack);
  });

  it('in files, their names and their errors is text', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'hostile-'));
    const file = join(directory, '<img src=x onerror=hacked()>.yaml');
    writeFileSync(file, BROKEN);
    const text = await looked(
      ['#/findings', '#/services', '#/service/default/sound'],
      await reportPage([file, '--skip-invalid']),
    );
    expect(text).toContain('<img src=x onerror=hacked()>.yaml');
  });
});
