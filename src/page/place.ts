/**
 * place: where an object was written, in a browser: what src/read/locate.ts is in Node. The page has no texts to look
 * into; the place of each object was found when the page was made, and is the name of its source (report/pack.ts).
 */
import type { Origin } from '../diag.js';

/** `cluster.yaml:12:5`; where it was not looked for, the object: `Pod default/web-1`. */
export function placeText({ source, object = '' }: Origin): string {
  return source.name === '' ? object : source.name;
}

/** The same as a place without line and column. */
export function locate(origin: Origin): { readonly file: string; readonly line: number; readonly col: number } {
  return { file: placeText(origin), line: 1, col: 1 };
}
