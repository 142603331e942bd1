/**
 * The configuration of `vipc lint`: its severities, and its errors with their positions.
 */
import { expect, it } from '@jest/globals';
import { readLintConfig } from './lint-config.js';
import { placeText } from './locate.js';

const CODES = ['external-ips', 'vip-conflict'];

it.each<readonly [string, string, object, readonly string[]]>([
  ['nothing', '', {}, []],
  ['a comment', '# nothing yet\n', {}, []],
  ['no severities', 'severity: {}\n', {}, []],
  [
    'each severity',
    'severity:\n  external-ips: off\n  vip-conflict: error\n',
    { 'external-ips': 'off', 'vip-conflict': 'error' },
    [],
  ],
  [
    'quoted',
    'severity: { external-ips: "off", vip-conflict: note }\n',
    { 'external-ips': 'off', 'vip-conflict': 'note' },
    [],
  ],
  ['JSON', '{"severity": {"external-ips": "warning"}}', { 'external-ips': 'warning' }, []],
  ['a code that is none', 'severity:\n  vip-conflicts: off\n', {}, ['c:2:3 unknown-code ? did you mean vip-conflict?']],
  ['a code like none', 'severity:\n  zzz: off\n', {}, ['c:2:3 unknown-code ? docs/lint.md has all codes']],
  ['a severity that is none', 'severity:\n  external-ips: info\n', {}, ['c:2:17 invalid-field ?']],
  ['on', 'severity:\n  external-ips: on\n', {}, ['c:2:17 invalid-field ?']],
  ['a field that is none', 'severty: {}\n', {}, ['c:1:1 unknown-field ? did you mean severity?']],
  ['another field', 'rules: []\n', {}, ['c:1:1 unknown-field ? the only field is severity']],
  ['a list of codes', 'severity: [external-ips]\n', {}, ['c:1:11 invalid-field ?']],
  ['a list', '- external-ips\n', {}, ['c:1:1 not-an-object ?']],
  ['no YAML', 'severity: {\n', {}, ['c:2:1 syntax ?']],
  [
    'keys of every object',
    'severity:\n  constructor: off\n  __proto__: off\n',
    {},
    ['c:2:3 unknown-code ? docs/lint.md has all codes', 'c:3:3 unknown-code ? docs/lint.md has all codes'],
  ],
])('%s', (_, text, value, problems) => {
  const read = readLintConfig({ name: 'c', text }, CODES);
  expect({ ...read.value }).toEqual(value);
  const said = read.diagnostics.map(({ origin, code, hint = '' }) => {
    return `${origin ? placeText(origin) : ''} ${code} ? ${hint}`.trim();
  });
  expect(said).toEqual(problems);
});
