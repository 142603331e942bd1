/**
 * Looks: a view of a page at every width, in both schemes of colours: nothing is wider than the window, and axe finds
 * nothing serious. One page is resized and repainted, because to open another and compute it again takes longest.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { overflow, type Page, seriousIn, settled, type Tab } from '../machine/browser.js';
import { ALL, seed } from './extent.js';
import { goTo } from './views.js';

/** With VIPC_SCREENSHOTS=DIR every look is kept there, for people. */
const KEPT = process.env['VIPC_SCREENSHOTS'];

/** Pixels: a phone, half a screen, a screen. */
export const WIDTHS = [320, 800, 1600] as const;

const SCHEMES = ['light', 'dark'] as const;

/** Looks at what the page shows, at one width or each. */
export async function looked(page: Page, view: string, widths: readonly number[] = WIDTHS): Promise<void> {
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 });
    await settled(page);
    expect({ view, width, wider: await overflow(page) }).toEqual({ view, width, wider: 0 });
    for (const colorScheme of SCHEMES) {
      const isAxed = isFor(view, width, colorScheme);
      if (!isAxed && KEPT === undefined) continue;
      const look = `${view.replace(/[^\w]+/g, '-')}-${width}-${colorScheme}`;
      await page.emulateMedia({ colorScheme });
      await settled(page);
      if (isAxed) expect({ look, serious: await seriousIn(page) }).toEqual({ look, serious: [] });
      if (KEPT === undefined) continue;
      mkdirSync(KEPT, { recursive: true });
      await page.screenshot({ path: join(KEPT, `${look}.png`), fullPage: true });
    }
  }
}

/**
 * Whether axe, which takes longest, looks at this: of each view a narrow page in dark colours and a wide one in light
 * colours; in a quick run one of both.
 */
function isFor(view: string, width: number, scheme: string): boolean {
  const isNarrow = width === 320 && scheme === 'dark';
  if (!isNarrow && !(width === 1600 && scheme === 'light')) return false;
  return ALL || (view.length + seed) % 2 === Number(isNarrow);
}

/** Opens a page and goes to its views: no script of its input ran, nothing was asked for. The text of the last view. */
export async function harmless({ page, wrong, open }: Tab, url: string, views: readonly string[]): Promise<string> {
  await open(url);
  for (const view of views) {
    await goTo(page, view);
    const made = await page.locator('img, iframe, base, object, embed, [onload], [onerror], [onmouseover]').count();
    expect({ view, made, scripts: await page.locator('script').count() }).toEqual({ view, made: 0, scripts: 2 });
    const links = await page.locator('a').evaluateAll((all) => all.map((a) => a.getAttribute('href') ?? ''));
    expect(links.filter((href) => !href.startsWith('#/'))).toEqual([]);
  }
  const text = await page.locator('body').textContent();
  expect(wrong).toEqual([]);
  return text ?? '';
}
