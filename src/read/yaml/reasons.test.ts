import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { readYaml } from '../yaml.js';
import { REASONS } from './reasons.js';

const texts: [string, string][] = [
  ['v: {{ .x }}', 'a mapping or a list cannot be a key'],
  ['v: *x', 'an alias without its anchor'],
  ['v: &x {a: *x}', 'an alias inside of its own anchor'],
  ['v: {<<: 1}', 'only a mapping can be merged with <<'],
  ['v: !!int x', 'the value does not fit its tag'],
  ['v: !<x', 'a tag that begins with !< needs a > at its end'],
  ['v: !e!x y', 'a tag whose prefix no %TAG line declares'],
  ['v: !!a !!b c', 'two tags on one value'],
  ['v: &a &b c', 'two anchors on one value'],
  ['v: & c', 'an & without the name of an anchor; text that begins with & needs quotes'],
  ['v: * c', 'a * without the name of an anchor; text that begins with * needs quotes'],
  ['v: @c', 'text that begins with @ needs quotes'],
  ['v: `c`', 'text that begins with ` needs quotes'],
  ['v: %c', 'text that begins with % needs quotes'],
  ['v: "a', 'a quote that is not closed'],
  ["v: 'a", 'a quote that is not closed'],
  ['v: [a', 'a bracket or brace that is not closed'],
  ['v: "\\q"', 'a backslash in double quotes that escapes nothing; write two, or use single quotes'],
  ['v: "\\x4"', 'a \\x, \\u or \\U in double quotes without its digits'],
  ['v: "a\u0001"', 'a control character inside of quotes'],
  ['v: a\u0001', 'a control character'],
  ['v: |0', '| or > with an indent of 0'],
  ['v: |--', '| or > with two signs behind it'],
  ['v: |22', '| or > with two numbers behind it'],
  ['v: | a', 'text behind | or >, where the line must end'],
  ['v:\n\ta: 1', 'tabs cannot indent YAML'],
  ['v: 1\n  w: 2', 'a line whose indent fits no line before it, or text behind a value'],
  ['v: a: b', 'a line whose indent fits no line before it, or text behind a value'],
  ['v:\n- a\n  - b: 1\n - c', 'a list entry whose indent fits no line before it'],
  ['v: [a b: c d: e]', 'no comma between two entries in brackets or braces'],
  ['v: ["a" "b"]', 'no comma between two entries in brackets or braces'],
  ['v: [a,,b]', 'two commas with nothing between them'],
  ['v: 1\nw', 'a key without a colon'],
  ['v: 1\nw\nx', 'a key over several lines, or a line without a colon'],
  ['"v":1', 'a colon behind a key needs a blank behind it'],
  ['%YAML 1.1\nv: 1', 'lines that begin with % need a line of --- behind them'],
  ['%YAML 3.0\n---\nv: 1', 'a version of YAML that is not read'],
  ['[a]\nb', 'text after the end of the document'],
];

describe('why a text is no YAML', () => {
  it.each(texts)('%j', (text, message) => {
    expect(readYaml(text).errors.map((error) => error.message)).toEqual([message]);
  });

  it('has words of its own for all that the library says', () => {
    const library = readFileSync(createRequire(import.meta.url).resolve('js-yaml'), 'utf8');
    const said = [...library.matchAll(/throwError(?:\$1)?\(state, ["`]([^"`]*)/g)].map(([, reason = '']) => reason);
    expect(said.length).toBeGreaterThan(50);
    const unknown = said.filter((reason) => !REASONS.some(([beginning]) => reason.startsWith(beginning)));
    // Unreachable: every pass of the library's loop reads something.
    expect([...new Set(unknown)]).toEqual(['can not read a document']);
  });
});
