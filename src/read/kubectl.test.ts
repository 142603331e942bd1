/**
 * A thousand unusual texts as kubectl reads them (recorded by scripts/kubectl-yaml) and as vipc does. A text on the
 * list of differences must differ, so that the list stays true.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { isMapping } from './check.js';
import { parseSource } from './parse.js';
import { loadSources } from './source.js';

interface Recorded {
  readonly name: string;
  readonly text?: string;
  /** Base64 of a text that is not UTF-8, instead of `text`. */
  readonly bytes?: string;
  readonly documents: readonly unknown[];
  readonly error?: string;
}

const FIXTURE = new URL('../../fixtures/yaml/kubectl.json', import.meta.url);
const RECORDED = JSON.parse(readFileSync(FIXTURE, 'utf8')) as readonly Recorded[];

/** Replaces the first document that is refused or not a mapping; later documents are not compared. */
const REFUSED = 'refused';
type Outcome = readonly unknown[];

/** A reason why texts are read differently, and the names of those texts. */
const DIFFERENCES: readonly (readonly [string, readonly string[]])[] = [
  [
    'kubectl refuses a null key, here it is the key "null"',
    [
      'key "~"',
      'key "null"',
      'key "Null"',
      'key "NULL"',
      'key "!!null ~"',
      'key "!!null \'\'"',
      'value "{: b}"',
      'item "{: b}"',
      'value "[: b]"',
      'item "[: b]"',
      'a null key',
      'an empty key',
    ],
  ],
  [
    'infinity and NaN are no JSON: kubectl refuses them, here the field refuses them',
    [
      'value ".inf"',
      'item ".inf"',
      'key ".inf"',
      'value "-.inf"',
      'item "-.inf"',
      'key "-.inf"',
      'value "+.inf"',
      'item "+.inf"',
      'key "+.inf"',
      'value ".Inf"',
      'item ".Inf"',
      'key ".Inf"',
      'value ".INF"',
      'item ".INF"',
      'key ".INF"',
      'value ".nan"',
      'item ".nan"',
      'key ".nan"',
      'value ".NaN"',
      'item ".NaN"',
      'key ".NaN"',
      'value ".NAN"',
      'item ".NAN"',
      'key ".NAN"',
    ],
  ],
  [
    'keys that are numbers beyond 2^53, and -0.0, are written as JavaScript does',
    [
      'key "9223372036854775807"',
      'key "9223372036854775808"',
      'key "18446744073709551616"',
      'key "-9223372036854775809"',
      'key "-0.0"',
    ],
  ],
  [
    'NEL, LS and PS end lines in YAML 1.1; here they are letters, as in YAML 1.2',
    [
      'value "a\\u0085b"',
      'item "a\\u0085b"',
      'key "a\\u0085b"',
      'value "a\\u2028b"',
      'key "a\\u2028b"',
      'value "a\\u2029b"',
      'key "a\\u2029b"',
      'value "\\"a\\u0085b\\""',
      'item "\\"a\\u0085b\\""',
      'key "\\"a\\u0085b\\""',
      'key "\\"a\\u2028b\\""',
      'NEL as a line end',
      'LS as a line end',
      'a literal with NEL',
    ],
  ],
  ['DEL in quotes is refused by kubectl', ['value "\\"a\\x7fb\\""', 'item "\\"a\\x7fb\\""', 'key "\\"a\\x7fb\\""']],
  [
    'escapes of JSON that YAML 1.1 does not have',
    [
      'value "\\"\\\\ud83d\\\\ude00\\""',
      'item "\\"\\\\ud83d\\\\ude00\\""',
      'key "\\"\\\\ud83d\\\\ude00\\""',
      'value "\\"\\\\/\\""',
      'item "\\"\\\\/\\""',
      'key "\\"\\\\/\\""',
    ],
  ],
  [
    'an entry in brackets that begins with a colon or a question mark, or is a dash',
    ['item "::1"', 'item "?a"', 'item ":a"', 'item "-"'],
  ],
  ['a tag without a value takes the next entry in kubectl', ['item "!a"', 'item "!!str"']],
  [
    'a key may be longer than 1024 characters, and stand on another line than its colon, in braces',
    [
      'a key in a flow mapping over lines',
      'a colon on the next line in a brace',
      'a pair over lines in a bracket',
      'a long key',
      'a long quoted key',
      'a long key in a brace',
    ],
  ],
  [
    'tabs where they do no harm',
    [
      'tabs in a bracket',
      "a tab before a bracket's end",
      'a dash and a tab',
      'a line of a tab',
      'a line of blanks and a tab',
      'a comment behind a tab',
      'a comment behind a tab in a mapping',
    ],
  ],
  [
    'directives: go-yaml knows %YAML 1.1 only, and kubectl cuts the text behind them',
    ['a directive', 'YAML 1.2', 'a tag directive', 'an unknown directive'],
  ],
  [
    'a key given twice is an error here: kubectl takes the last, silently',
    ['a key twice', 'a key twice in a mapping', 'a key twice in a brace', 'a number as a key twice'],
  ],
  [
    'what kubectl drops silently is read, or an error',
    ['an end and more', 'an indented root that goes left', 'a comment and JSON values', 'a start and JSON values'],
  ],
  ['a document in the line of its mark is read, kubectl refuses it', ['a start and a value']],
  ['a mark of an end where it ends nothing', ['an end first', 'JSON and an end']],
  ['a mark of a start with a comment at once is none', ['dashes and a comment at once']],
  ['UTF-16 is refused in both orders of bytes; kubectl can read one of them', ['UTF-16BE']],
  [
    'a name of an anchor may have any letters in YAML 1.2: a dot, and a colon too',
    ['an alias and a colon', 'an anchor with odd letters'],
  ],
  ['a tag without a name is the tag of nothing', ['a tag without a name']],
  ['comments of another language are keys in YAML', ['JSON and comments']],
  ['JSON, and behind it YAML without a mark between', ['JSON and YAML']],
  ['a root in braces with a complex key', ['key "{? a : b}"', 'key "{? a}"']],
];

const differing = new Set(DIFFERENCES.flatMap(([, names]) => names));

describe('what kubectl reads is read alike', () => {
  it.each(RECORDED.filter(({ name }) => !differing.has(name)))('$name', async (recorded) => {
    expect(await vipc(recorded)).toEqual(kubectl(recorded));
  });
});

describe.each(DIFFERENCES)('%s', (_, names) => {
  it.each(names)('%s', async (name) => {
    const recorded = RECORDED.find((each) => each.name === name);
    expect(recorded && (await vipc(recorded))).not.toEqual(recorded && kubectl(recorded));
  });
});

function kubectl({ documents, error }: Recorded): Outcome {
  return upToRefused([...documents.map((value) => (isMapping(value) ? value : REFUSED)), ...(error ? [REFUSED] : [])]);
}

async function vipc({ text = '', bytes }: Recorded): Promise<Outcome> {
  const buffer = Buffer.from(bytes ?? text, bytes === undefined ? 'utf8' : 'base64');
  const { value, diagnostics } = await loadSources(['-'], () => Promise.resolve(buffer));
  const parsed = value.flatMap((source) => [...parseSource(source)]);
  const outcomes = parsed.map((each) => ('object' in each ? each.object.value : REFUSED));
  return upToRefused([...outcomes, ...diagnostics.map(() => REFUSED)]);
}

function upToRefused(outcomes: Outcome): Outcome {
  const end = outcomes.indexOf(REFUSED);
  return end < 0 ? outcomes : outcomes.slice(0, end + 1);
}
