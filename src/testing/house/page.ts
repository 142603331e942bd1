/**
 * The rules as text for docs/architecture.md.
 */
import type { Rule } from './rule.js';
import { RULES } from './rules.js';

const BEGIN = '## Who may import whom\n';
const END = '\n## ';

/** `page` with the current table of rules. */
export function withTable(page: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END, begin + BEGIN.length);
  if (begin < 0 || end < 0) throw new Error(`the page has no part that begins with ${BEGIN.trim()}`);
  return `${page.slice(0, begin + BEGIN.length)}${INTRODUCTION}${table().join('\n')}\n${page.slice(end)}`;
}

const INTRODUCTION = `
Printed from \`src/testing/house/rules.ts\` by \`npm run house\`. A folder's files may import each other. What stands after
\`|\` differs from run to run: files, processes, connections, clocks, chance; a place without any is pure, and runs nothing of
a place that is not. Where \`x.ts\` stands beside \`x/\`, it is the door: nothing else imports what is in \`x/\`.

`;

const WIDTH = 120;

function table(): readonly string[] {
  const rows = RULES.map((rule) => ({ place: shown(rule.place), text: textOf(rule) }));
  const indent = Math.max(...rows.map(({ place }) => place.length)) + 2;
  return rows.flatMap(({ place, text }) =>
    wrapped(text, WIDTH - 4 - indent).map((line, i) => `    ${(i === 0 ? place : '').padEnd(indent)}${line}`.trimEnd()),
  );
}

function textOf({ imports, world }: Rule): string {
  const ours = imports.length === 0 ? 'nothing of ours' : imports.map(shown).join(' ');
  return world.length === 0 ? ours : `${ours} | ${world.map(shown).join(' ')}`;
}

function shown(name: string): string {
  return name
    .replace(/^\.\.\//, '')
    .replace(/^node:\*$/, 'all of Node')
    .replace(/^global:\*$/, 'all globals')
    .replace(/^global:/, '')
    .replace(/\.ts$/, '');
}

function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
