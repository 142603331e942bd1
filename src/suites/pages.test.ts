/**
 * The README and docs/ are correct: transcripts print what they show, links resolve, and the map lists existing files.
 */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from '../testing/cases/cases.js';
import { sample } from '../testing/run/extent.js';
import { itPrintsWhatItSays, PAGES, type Page, stepsOf } from '../testing/run/pages.js';

const WITH_STEPS = PAGES.filter((page) => stepsOf(page, 'console').length > 0);

it('transcripts are where they are expected', () => {
  expect(WITH_STEPS.map(({ path }) => path)).toEqual(expect.arrayContaining(['README.md', 'docs/manifests.md']));
  expect(WITH_STEPS.flatMap((page) => stepsOf(page, 'console')).length).toBeGreaterThan(8);
});

describe.each(sample(WITH_STEPS, 6, '', 20))('$path', (page) => itPrintsWhatItSays(page, 'console'));

describe.each(PAGES)('links in $path', (page) => {
  it('lead to files and headings that are there', () => {
    expect(linksIn(page).filter((link) => !leadsSomewhere(page, link))).toEqual([]);
  });
});

it('links lead from the README to every page', () => {
  const reached = new Set(['README.md']);
  for (const path of reached) {
    const page = PAGES.find((each) => each.path === path);
    for (const link of page ? linksIn(page) : []) reached.add(join(dirname(path), link.split('#')[0] ?? ''));
  }
  expect(PAGES.map(({ path }) => path).filter((path) => !reached.has(path))).toEqual([]);
});

it('the README fits on three screens', () => {
  expect(PAGES[0]?.text.split('\n').length).toBeLessThanOrEqual(151);
});

/** The names in the map of docs/architecture.md that are indented so far. */
function mapped(indent: number): readonly string[] {
  const page = PAGES.find(({ path }) => path === 'docs/architecture.md');
  const map = /## Where things are\n\n([^]*?)\n\n\S/.exec(page?.text ?? '')?.[1] ?? '';
  const lines = map.split('\n').filter((line) => line.search(/\S/) === indent);
  return lines.flatMap((line) => line.trim().split(/ {2,}/)[0]?.split(' ') ?? []);
}

it('the map in docs/architecture.md names files that are there', () => {
  const names = mapped(4);
  expect(names.length).toBeGreaterThan(4);
  expect(names.filter((name) => !existsSync(`${ROOT}${name}`))).toEqual([]);
});

it('the map in docs/architecture.md names all that is in src/, and nothing else', () => {
  const there = readdirSync(`${ROOT}src`, { withFileTypes: true })
    .filter(({ name }) => !/\.test\.ts$/.test(name))
    .map((each) => (each.isDirectory() ? `${each.name}/` : each.name));
  expect([...mapped(6)].sort()).toEqual(there.sort());
});

/** Targets of Markdown links, except those to other hosts. */
function linksIn({ text }: Page): readonly string[] {
  const prose = text.replace(/```[^]*?```/g, '').replace(/^ {4}.*$/gm, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target).filter((to) => !/^https?:/.test(to));
}

function leadsSomewhere(page: Page, link: string): boolean {
  const [file = '', heading] = link.split('#');
  const path = file === '' ? page.path : join(dirname(page.path), file);
  if (!existsSync(`${ROOT}${path}`)) return false;
  if (heading === undefined) return true;
  const text = PAGES.find((each) => each.path === path)?.text ?? '';
  return [...text.matchAll(/^#+ (.*)$/gm)].some(([, title = '']) => anchorOf(title) === heading);
}

/** The anchor that GitHub makes from a heading. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replace(/ /g, '-');
}
