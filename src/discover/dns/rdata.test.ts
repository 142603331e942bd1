import { describe, expect, it } from '@jest/globals';
import { dataText, nameText } from './rdata.js';
import type { DnsData } from './record.js';

describe('dataText', () => {
  const cases: readonly [string, DnsData, string][] = [
    ['A', { type: 'A', address: '10.96.0.1' }, '10.96.0.1'],
    ['CNAME', { type: 'CNAME', target: 'www.example.com.' }, 'www.example.com.'],
    ['SRV', { type: 'SRV', priority: 0, weight: 100, port: 53, target: 'dns.' }, '0 100 53 dns.'],
    ['TXT', { type: 'TXT', text: '1.1.0' }, '"1.1.0"'],
    ['TXT, empty', { type: 'TXT', text: '' }, '""'],
    ['TXT with quotes', { type: 'TXT', text: 'a "b" \\ ; c' }, '"a \\"b\\" \\\\ ; c"'],
    ['TXT with a line end', { type: 'TXT', text: 'a\nb' }, '"a\\010b"'],
    ['TXT with more than ASCII', { type: 'TXT', text: 'é' }, '"\\195\\169"'],
    ['TXT of 255 octets', { type: 'TXT', text: 'x'.repeat(255) }, `"${'x'.repeat(255)}"`],
    ['TXT of 256', { type: 'TXT', text: 'x'.repeat(256) }, `"${'x'.repeat(255)}" "x"`],
  ];
  it.each(cases)('%s', (_, data, expected) => expect(dataText(data)).toBe(expected));
});

describe('nameText', () => {
  it.each([
    ['_http._tcp.web.', '_http._tcp.web.'],
    ['a;b.', 'a\\059b.'],
    ['a b\n.', 'a\\032b\\010.'],
    ['*.@.$.', '\\042.\\064.\\036.'],
  ])('%j', (name, expected) => expect(nameText(name)).toBe(expected));
});
