import { expect, it } from '@jest/globals';
import { format } from './report.js';

it('keeps tabs, and has the mark below its place', () => {
  const source = { name: 'a.json', text: '{\n\t"kind":\t"Service"}' };
  const origin = { source, document: 0, base: [], path: ['kind'] };
  const lines = [...format({ code: 'x', severity: 'error', message: 'no', origin }, (_, text) => text)];
  expect(lines).toEqual(['a.json:2:10: error: no', '    2 | \t"kind":\t"Service"}', '      | \t       \t^']);
});
