/** Written: manifests with the addresses in them that a text lacks, as tests of write/ make them. */
import { expect } from '@jest/globals';
import { allocate } from '../../complete/allocate.js';
import { AS_IT_IS } from '../../complete/complete.js';
import { readSnapshot } from '../../read/snapshot.js';
import { writeServices } from '../../write/write.js';

/** The text that is written for `text`, and the codes of its diagnostics. */
export function written(text: string, name = 'x.yaml'): { readonly text: string; readonly codes: readonly string[] } {
  const sources = [{ name, text }];
  const { value, diagnostics } = readSnapshot(sources);
  expect(diagnostics).toEqual([]);
  const { value: after } = allocate(value, { ...AS_IT_IS, allocate: true });
  const result = writeServices(sources, value.services, after);
  return { text: result.value.join(''), codes: result.diagnostics.map(({ code }) => code) };
}

/** A Service `web` without its spec. */
export const HEAD = `apiVersion: v1
kind: Service
metadata: {name: web}
`;

/** What is allocated for it, by its name and so always the same. */
export const IP = '10.106.12.127';
export const IP6 = '"fd00:10:96::3024"';
export const PORT = 30808;
