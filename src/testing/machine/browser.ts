/**
 * Browser: the Chromium of this machine, headless, for pages from files and from servers of ours. Whatever a page must
 * not do is collected: requests to anywhere else, dialogs, messages of the console, errors.
 */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { eventually } from '../run/patience.js';

export type { Browser, Page } from 'playwright-core';

/** Why the browser ring cannot run here, or undefined when it can. */
export function browserRingProblem(): string | undefined {
  return programOf() === undefined ? 'needs chromium (Debian package chromium) in the PATH' : undefined;
}

function programOf(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const paths = folders.flatMap((folder) => ['chromium', 'chromium-browser'].map((name) => join(folder, name)));
  return paths.find((path) => existsSync(path));
}

/** A browser of its own; close it. */
export function openBrowser(): Promise<Browser> {
  // Chromium has no sandbox for root; the pages are ours.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath: programOf() ?? '', args });
}

/** Milliseconds. */
const MOST_MS = 120_000;

/** A tab for one page after the other: to open another takes longer than most pages do. */
export interface Tab {
  readonly page: Page;
  /** What the page did that it should not. */
  readonly wrong: readonly string[];
  /** Goes to another page, waits until it shows something, and forgets what was wrong. */
  open(url: string, look?: Look): Promise<void>;
}

export interface Look {
  /** Pixels. */
  readonly width?: number;
  /** Addresses that may be asked, beside the page itself. */
  readonly may?: (url: string) => boolean;
}

/** Opens a tab, with light colours. */
export async function openTab(browser: Browser): Promise<Tab> {
  const context = await browser.newContext();
  // Only for what never comes: a busy machine is slow.
  context.setDefaultTimeout(MOST_MS);
  const page = await context.newPage();
  const wrong: string[] = [];
  let isAllowed = (_: string): boolean => false;
  page.on('request', (request) => {
    if (!isAllowed(request.url())) wrong.push(`request ${request.url()}`);
  });
  page.on('console', (message) => wrong.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => wrong.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    wrong.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  const open = async (url: string, { width = 1600, may = () => false }: Look = {}) => {
    const [own = ''] = url.split('#');
    isAllowed = (asked) => asked.split('#')[0] === own || may(asked);
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme: 'light' });
    await page.goto(url);
    wrong.length = 0;
    await settled(page);
  };
  return { page, wrong, open };
}

/** Waits until everything that the page computes is there. */
export async function settled(page: Page): Promise<void> {
  // The answer to a click begins with the next frame, and what takes long after it.
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  await eventually('the page is complete', async () => {
    return (await page.locator('#page .wait, [aria-busy=true]').count()) === 0;
  });
}

/** What axe finds in the page that is serious: `color-contrast: .note`. */
export async function seriousIn(page: Page): Promise<readonly string[]> {
  // Not as a script element, which the page's policy would refuse.
  if (!(await page.evaluate(`'axe' in window`))) await page.evaluate(axe.source);
  // What it found in order is as long as the page, so it is left there.
  return page.evaluate(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map(({ target }) => target.join(' ')).join(', ')))`);
}

/** How many pixels the page is wider than its window. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}
