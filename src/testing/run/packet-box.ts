/**
 * Packet box: questions to a page's box about packets, and to `vipc trace`.
 */
import { expect } from '@jest/globals';
import type { Snapshot } from '../../read/types.js';
import { type Page, settled } from '../machine/browser.js';
import { randomQuestions, type TypedQuestion } from '../random/questions.js';
import { often } from './extent.js';
import { ask } from './views.js';
import { vipc } from './vipc.js';

/** What the page was made of. */
export interface Given {
  readonly cluster: string;
  readonly snapshot: Snapshot;
  readonly mode: readonly string[];
}

/** A question that has an answer. */
const SURE: TypedQuestion = { from: 'node/node-a', to: 'svc/web:tcp', protocol: '', node: '' };

/**
 * Asks the page random questions until `wanted` had an answer, and the command the same: they say the same, word for
 * word. Of questions without an answer, the first few are asked too. The first lines of what was said.
 */
export async function agreed(page: Page, given: Given, wanted: number, seed: number): Promise<readonly string[]> {
  const firsts: string[] = [];
  const left = { answer: wanted, problem: often(2, 8) };
  // The command line takes an empty value for a missing one.
  const random = randomQuestions(given.snapshot, 20 * wanted, seed).filter(({ to }) => to !== '');
  for (const question of [SURE, ...random]) {
    const { kind, text } = await asked(page, question);
    if (left[kind] === 0) continue;
    left[kind]--;
    expect({ question, text }).toEqual({ question, text: await traced(question, given) });
    firsts.push(text.split('\n')[0] ?? '');
    if (left.answer === 0) return firsts;
  }
  throw new Error(`${left.answer} answers too few to ${random.length} questions`);
}

interface Answer {
  readonly kind: 'answer' | 'problem';
  readonly text: string;
}

/** Types a question into the box and reads the answer; in one go, because there are many. */
function asked(page: Page, { from, to, protocol, node }: TypedQuestion): Promise<Answer> {
  return page.evaluate<Answer>(`(async (values) => {
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
    const kind = document.querySelector('.answer .verdict') ? 'answer' : 'problem';
    const parts = [...document.querySelectorAll('.answer .verdict, .answer pre')];
    return { kind, text: parts.map((part) => part.textContent).join('\\n').trim() };
  })(${JSON.stringify([from, to, protocol, node])})`);
}

/** What `vipc trace` says; where it would ask for a node, of the rules of the first, which the page takes. */
async function traced(question: TypedQuestion, { cluster, snapshot, mode }: Given): Promise<string> {
  const { from, to, protocol, node } = question;
  const flags = [...(protocol === '' ? [] : ['--protocol', protocol]), ...(node === '' ? [] : ['--node', node])];
  const trace = (...more: readonly string[]) =>
    vipc(['trace', cluster, `--from=${from}`, `--to=${to}`, ...flags, ...mode, ...more], '');
  const given = await trace();
  const isAsked = given.stderr.includes('rules are made for one of them');
  const { stdout, stderr } = isAsked ? await trace('--node', snapshot.nodes[0]?.metadata.name ?? '') : given;
  if (stdout !== '') return stdout.trim();
  const problem = stderr
    .trim()
    .replace(/^error: /, '')
    .replace(/^--(from|to) /, '“$1” ');
  return problem.replaceAll('\n  ', '\n');
}

/** Asks by the address; the number of frames in which the page said that it computes. */
export async function framesOfWaiting(page: Page, hash: string): Promise<number> {
  const frames = await page.evaluate(`(async () => {
    location.hash = ${JSON.stringify(hash)};
    let frames = 0;
    while (!document.querySelector('.answer')) {
      await new Promise(requestAnimationFrame);
      if (document.querySelector('.wait')) frames++;
    }
    return frames;
  })()`);
  return Number(frames);
}

/** The question is in the address: a reload keeps it, and Back goes to the one before. */
export async function kept(page: Page): Promise<void> {
  const shown = async () => {
    await settled(page);
    const [from, to] = [page.getByLabel('From'), page.getByLabel('To', { exact: true })];
    return [await from.inputValue(), await to.inputValue(), await page.locator('.answer').textContent()];
  };
  await ask('outside', 'svc/web:tcp')(page);
  const first = await shown();
  await ask('node/node-a', 'x y?&#/%')(page);
  const second = await shown();
  expect(second).toEqual(['node/node-a', 'x y?&#/%', expect.stringContaining('x y?&#/%')]);
  await page.reload();
  expect(await shown()).toEqual(second);
  await page.goBack();
  expect(await shown()).toEqual(first);
}
