/**
 * Wrapping of lines that are wider than the terminal.
 */
import { expect, it } from '@jest/globals';
import { wrapped } from './wrap.js';

it('what a terminal is too narrow for is broken at options', () => {
  const rule = '-A KUBE-SVC-A -p tcp -m comment --comment "default/web -> 10.0.0.1:80" -j KUBE-SEP-A';
  for (const width of [80, 60, 40]) {
    const lines = wrapped(rule, '      ', width);
    expect(lines.every((line) => line.length <= width)).toBe(true);
    expect(lines.map((line) => line.trim()).join(' ')).toBe(rule);
  }
  expect(wrapped(rule, '  ', undefined)).toEqual([`  ${rule}`]);
});
