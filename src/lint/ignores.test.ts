/**
 * vipc-ignore comments: the findings that they ignore, and comments that ignore nothing.
 */
import { describe, expect, it } from '@jest/globals';
import { front } from '../front.js';
import { locate } from '../read/locate.js';
import { findingsOf } from './findings.js';

/** `line code` of the findings that are not ignored. */
function left(text: string, name = 'a.yaml'): readonly string[] {
  const sources = [{ name, text }];
  const { diagnostics } = front(sources, { remarks: ['suspect'], rules: 'all' });
  return findingsOf(diagnostics, sources).map(({ code, origin, hint }) => {
    return `${origin ? locate(origin).line : 0} ${code}${code === 'unused-ignore' ? ` ? ${hint}` : ''}`;
  });
}

const service = (first: string, externalIPs: string, ports = '', note = '') =>
  `${first}apiVersion: v1\nkind: Service\nmetadata:\n  name: web${note}\nspec:\n  clusterIP: 10.96.0.10\n  sessionAffinity: None\n${externalIPs}\n${ports}  ports: [{ port: 80 }]\n`;
const IPS = '  externalIPs: [203.0.113.10]';
const IGNORE = '# vipc-ignore: external-ips';
const UNUSED = 'unused-ignore ? take it away';

describe('a comment', () => {
  it.each<readonly [string, string, readonly string[]]>([
    ['that is not there', service('', IPS), ['8 external-ips']],
    ['at the end of the line', service('', `${IPS} ${IGNORE}`), []],
    ['alone in the line above', service('', `  ${IGNORE}\n${IPS}`), []],
    ['above other comments', service('', `  ${IGNORE}\n  # why\n\n${IPS}`), []],
    [
      'two lines above',
      service('', '', `  ${IGNORE}\n`).replace('  sessionAffinity', `${IPS}\n  sessionAffinity`),
      ['7 external-ips', `10 ${UNUSED}`],
    ],
    ['below', service('', IPS, `  ${IGNORE}\n`), ['8 external-ips', `9 ${UNUSED}`]],
    ['above the object', service(`${IGNORE}\n`, IPS), []],
    ['above the mark of a document', service(`${IGNORE}\n---\n`, IPS), []],
    [
      'at the end of the first line of the object',
      service('', IPS).replace('v1', `v1 ${IGNORE}`),
      ['8 external-ips', `1 ${UNUSED}`],
    ],
    [
      'above another object',
      `${service(`${IGNORE}\n`, '')}---\n${service('', IPS).replace('web', 'b').replace('0.10', '0.11')}`,
      ['19 external-ips', `1 ${UNUSED}`],
    ],
    [
      'above an item of a List',
      `apiVersion: v1\nkind: List\nitems:\n  ${IGNORE}\n  - ${service('', IPS).replaceAll('\n', '\n    ').trim()}\n`,
      [],
    ],
    ['with another code', service('', `${IPS} # vipc-ignore: vip-conflict`), ['8 external-ips', `8 ${UNUSED}`]],
    ['with two codes', service('', `${IPS} # vipc-ignore: vip-conflict, external-ips`), [`8 ${UNUSED}`]],
    [
      'with a code that is none',
      service('', `${IPS} # vipc-ignore: external-ip`),
      ['8 external-ips', '8 unused-ignore ? did you mean external-ips?'],
    ],
    ['with a reason', service('', `${IPS} ${IGNORE} -- until we have a load balancer`), []],
    ['without a code', service('', `${IPS} # vipc-ignore:`), ['8 external-ips']],
    ['in a quoted text', service('', IPS, '', `\n  annotations: { a: "x ${IGNORE}" }`), ['9 external-ips']],
    [
      'in a block of text',
      service('', IPS, '', `\n  annotations:\n    a: |\n      ${IGNORE}\n      x`),
      ['12 external-ips'],
    ],
    [
      'of an error',
      service('', IPS).replace('port: 80', 'port: 0').replace('kind', '# vipc-ignore: invalid-field\nkind'),
      ['10 invalid-field', `2 ${UNUSED}`],
    ],
  ])('%s', (_, text, expected) => expect(left(text)).toEqual(expected));

  it('is none in what an API server said', () => {
    const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [], note: IGNORE });
    expect(findingsOf([], [{ name: 'cluster x', text, api: true }])).toEqual([]);
  });
});

describe('the configuration', () => {
  const found = (severity: 'off' | 'error' | 'note', text = service('', IPS)) => {
    const sources = [{ name: 'a.yaml', text }];
    const { diagnostics } = front(sources, { remarks: ['suspect'], rules: 'all' });
    return findingsOf(diagnostics, sources, { 'external-ips': severity, 'invalid-field': severity }).map(
      (each) => `${each.severity} ${each.code}`,
    );
  };
  it('changes severities', () => {
    expect(found('error')).toEqual(['error external-ips']);
    expect(found('note')).toEqual(['note external-ips']);
    expect(found('off')).toEqual([]);
  });
  it('leaves errors of the input alone', () => {
    expect(found('off', service('', IPS).replace('port: 80', 'port: 0'))).toEqual(['error invalid-field']);
  });
  it('turns off what a comment ignores, which is no reason to complain of the comment', () => {
    expect(found('off', service('', `${IPS} ${IGNORE}`))).toEqual([]);
  });
});
