/**
 * cli: the parts of the page, as the build left them, and a report → the text of a page.
 */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Parts } from '../report/html.js';
import { pageText, policyOf } from '../report/html.js';
import type { Report } from '../report/model.js';
import { packed } from '../report/pack.js';

/** Script and style of the page; throws when they were not built. */
export function builtPage(): Parts {
  const read = (name: string) => readFileSync(new URL(`../../dist/page/${name}`, import.meta.url), 'utf8');
  try {
    return { script: read('page.js'), style: read('page.css') };
  } catch {
    throw new Error('a part of vipc is missing, the page: npm run build makes it');
  }
}

/** The page of a report, complete in itself. */
export function pageOf(report: Report): string {
  const parts = builtPage();
  const data = gzipSync([...packed(report)].join(''), { level: 9 }).toString('base64');
  return pageText(parts, data, policyOf(parts));
}
