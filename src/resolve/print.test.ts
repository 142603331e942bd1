/**
 * Views printed as resolved.txt parse to the same views, for all goldens.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from '../testing/cases/cases.js';
import { render } from '../text.js';
import { parseResolved, printView } from './print.js';

const FILES = readdirSync(`${ROOT}golden`, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('resolved.txt'),
);

/** Parsed views, printed again. */
function printed(text: string): string {
  return parseResolved(text)
    .map((view) => render(printView(view)))
    .join('\n');
}

describe('parseResolved', () => {
  it('has goldens to read', () => expect(FILES.length).toBeGreaterThan(50));

  it.each(FILES)('%s', (file) => {
    const text = readFileSync(`${ROOT}golden/${file}`, 'utf8');
    expect(printed(text)).toBe(text);
    expect(
      parseResolved(text)
        .flatMap(({ ports }) => ports.flatMap(({ others }) => others))
        .join('\n'),
    ).not.toMatch(/ {2}/);
  });

  it('does not mind widths of columns, nor how lines end', () => {
    const text = readFileSync(`${ROOT}golden/tour/web/resolved.txt`, 'utf8');
    const wide = text
      .replace(/ {2,}(?=\S)/g, (gap) => (gap.length === 2 ? gap : `${gap}      `))
      .replaceAll('\n', '\r\n');
    expect(wide).not.toBe(text);
    expect(parseResolved(wide)).toEqual(parseResolved(text));
  });
});
