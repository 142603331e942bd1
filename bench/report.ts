/**
 * npm run bench:report: the page of `vipc report` for clusters of several sizes, in Chromium: its size, how long it
 * takes to open, and whether it scrolls without a stutter: a task of more than 50 ms lets frames drop. The sizes are
 * measured one after the other in the same browser, so that they can be compared.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Browser, openBrowser, type Page } from '../src/testing/machine/browser.js';
import { asJson, cluster, type Size } from './cluster.js';
import { table } from './table.js';

const VIPC = fileURLToPath(new URL('../../../bin/vipc.js', import.meta.url));

const SIZES: readonly Size[] = [
  { services: 100, endpoints: 10 },
  { services: 1000, endpoints: 10 },
  { services: 10_000, endpoints: 10 },
];

interface Row {
  readonly size: Size;
  /** Bytes. */
  readonly page: number;
  /** Milliseconds from the navigation to the list; and of computing by the page, whatever else the machine does. */
  readonly open: number;
  readonly computed: number;
  /** Of tasks longer than 50 ms while scrolling: how many, and the longest in milliseconds. */
  readonly stutter: { readonly count: number; readonly longest: number };
  /** Milliseconds from a click to the complete page of a Service, and to the answer about a packet. */
  readonly service: number;
  readonly packet: number;
}

const ms = (value: number) => `${value.toFixed(0)} ms`;

const HEADINGS = [
  'Services x endpoints',
  'page',
  'opens in',
  'computing',
  'long tasks scrolling',
  'a Service',
  'a packet',
];

function cells({ size, page, open, computed, stutter, service, packet }: Row): readonly string[] {
  return [
    `${size.services} x ${size.endpoints}`,
    `${(page / 1e6).toFixed(2)} MB`,
    ms(open),
    ms(computed),
    `${stutter.count}, longest ${ms(stutter.longest)}`,
    ms(service),
    ms(packet),
  ];
}

async function measure(browser: Browser, directory: string, size: Size): Promise<Row> {
  const [input, output] = [join(directory, 'cluster.json'), join(directory, 'report.html')];
  writeFileSync(input, asJson(cluster(size)));
  execFileSync(process.execPath, [VIPC, 'report', input, '-o', output], { stdio: 'ignore' });
  const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  await page.goto(pathToFileURL(output).href, { waitUntil: 'commit' });
  await page.locator('.row').first().waitFor();
  const open = (await page.evaluate('performance.now()')) as number;
  const { metrics } = await session.send('Performance.getMetrics');
  const computed = (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1000;
  const stutter = await scrolled(page);
  const service = await until(page, "document.querySelector('.row').click()", '.subject ~ .verdict');
  const packet = await until(
    page,
    "location.hash = '#/packet?from=outside&to=svc/team-0/app-0:80'",
    '.answer .verdict',
  );
  await page.close();
  return { size, page: statSync(output).size, open, computed, stutter, service, packet };
}

/** Turns the wheel for some seconds, over the whole list. */
async function scrolled(page: Page): Promise<Row['stutter']> {
  await page.evaluate(`
    window.long = [];
    new PerformanceObserver((list) => long.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });
  `);
  await page.locator('.rows').hover();
  for (let i = 0; i < 120; i++) {
    await page.mouse.wheel(0, i % 10 === 9 ? 20_000 : 400);
    await page.evaluate('new Promise(requestAnimationFrame)');
  }
  const long = (await page.evaluate('long')) as readonly number[];
  return { count: long.length, longest: Math.max(0, ...long) };
}

/** Milliseconds until the element is there. */
async function until(page: Page, act: string, selector: string): Promise<number> {
  const begin = (await page.evaluate(`const begin = performance.now(); ${act}; begin`)) as number;
  await page.locator(selector).waitFor();
  return ((await page.evaluate('performance.now()')) as number) - begin;
}

const directory = mkdtempSync(join(tmpdir(), 'vipc-bench-'));
const browser = await openBrowser();
try {
  const rows: Row[] = [];
  for (const size of SIZES) rows.push(await measure(browser, directory, size));
  console.log(table(HEADINGS, rows.map(cells)));
} finally {
  await browser.close();
  rmSync(directory, { recursive: true });
}
