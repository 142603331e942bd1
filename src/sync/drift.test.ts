/**
 * common: the lines that two comparisons of a node share.
 */
import { expect, it } from '@jest/globals';
import type { ServiceChange } from '../review/compare.js';
import { common } from './drift.js';

/** Lines of one section, as `+ text`. */
function change(service: string | undefined, title: string, ...lines: readonly string[]): ServiceChange {
  const split = lines.map((line) => ({ kind: line.slice(0, 1) as '+' | '-' | ' ', text: line.slice(2) }));
  return { ...(service !== undefined && { service }), sections: [{ title, lines: split }] };
}

it.each<[string, readonly ServiceChange[], readonly ServiceChange[], readonly ServiceChange[]]>([
  ['nothing, of nothing', [], [change('a', 'x', '+ 1')], []],
  ['the lines of both', [change('a', 'x', '+ 1', '- 2')], [change('a', 'x', '- 2', '+ 3')], [change('a', 'x', '- 2')]],
  ['no line that one misses and the other has too much', [change('a', 'x', '+ 1')], [change('a', 'x', '- 1')], []],
  ['no line of another section', [change('a', 'x', '+ 1')], [change('a', 'y', '+ 1')], []],
  ['no section that only context is left of', [change('a', 'x', '  0', '+ 1')], [change('a', 'x', '  0', '+ 2')], []],
  ['a line of another Service', [change('a', 'x', '- 1')], [change(undefined, 'x', '- 1')], [change('a', 'x', '- 1')]],
])('%s', (_, one, other, expected) => expect(common(one, other)).toEqual(expected));
