/**
 * What a person sees of a page, and where the keyboard is.
 */
import { expect } from '@jest/globals';
import { type Page, settled } from '../machine/browser.js';

/** The drawing is wider than its place, and the client of it is in sight. */
export async function beginsAtClient(page: Page): Promise<void> {
  const place = await page.locator('.drawing').boundingBox();
  const drawing = await page.locator('.drawing svg').boundingBox();
  const client = await page.locator('.drawing .node.client').boundingBox();
  if (!place || !drawing || !client) throw new Error('there is no drawing');
  expect(drawing.width).toBeGreaterThan(place.width);
  expect(client.x).toBeGreaterThanOrEqual(place.x);
  expect(client.x + client.width).toBeLessThanOrEqual(place.x + place.width);
}

/** The focus of a list of 100 Services goes with the keys, and stays where it is when the list scrolls. */
export async function keepsFocus(page: Page): Promise<void> {
  await page.setViewportSize({ width: 1200, height: 700 });
  const focused = () => page.evaluate<string | undefined>('document.activeElement.getAttribute("href")');
  const press = async (key: string) => {
    await page.keyboard.press(key);
    await settled(page);
    return focused();
  };
  await page.locator('.row').first().focus();
  expect(await press('ArrowDown')).toMatch(/s101$/);
  await page.evaluate("document.querySelector('.rows').scrollTo(0, 99999)");
  await page.locator('.row', { hasText: 's199' }).waitFor();
  expect(await focused()).toMatch(/s101$/);
  expect(await press('ArrowDown')).toMatch(/s102$/);
  expect(await press('End')).toMatch(/s199$/);
  expect(await press('ArrowUp')).toMatch(/s198$/);
  expect(await press('Home')).toMatch(/s100$/);
  expect(await page.locator('.row').count()).toBeLessThan(60);
}
