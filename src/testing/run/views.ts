/**
 * Views: the way to each view of a page by clicks, as people go it.
 */
import { type Page, settled } from '../machine/browser.js';

export interface View {
  readonly name: string;
  /** What is there. */
  readonly says: RegExp;
  /** The link in the list of views. */
  readonly link: string;
  /** What is clicked there. */
  readonly next?: (page: Page) => Promise<void>;
}

/** Goes to a view; its text. */
export async function clicked(page: Page, { link, next }: Pick<View, 'link' | 'next'>): Promise<string> {
  await page.getByRole('navigation').getByRole('link', { name: link }).click();
  await next?.(page);
  await settled(page);
  return (await page.locator('main').textContent()) ?? '';
}

/** Chooses a Service of namespace default in the list. */
export function row(name: string): (page: Page) => Promise<void> {
  return (page) => page.locator(`.row[href="#/service/default/${name}"]`).click();
}

/** Takes a choice away, and makes it again. */
export function again(label: string): (page: Page) => Promise<void> {
  return async (page) => {
    await page.getByLabel(label).uncheck();
    await page.getByLabel(label).check();
  };
}

/** Asks about a packet. */
export function ask(from: string, to: string): (page: Page) => Promise<void> {
  return async (page) => {
    await page.getByLabel('From').fill(from);
    await page.getByLabel('To', { exact: true }).fill(to);
    await page.getByRole('button', { name: 'Follow it' }).click();
  };
}

/** Goes by the address. */
export async function goTo(page: Page, hash: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
  await settled(page);
}
