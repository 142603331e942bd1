import { expect, it } from '@jest/globals';
import { LINE } from './log-lines.js';

const made = { time: '2026-01-01T00:00:00.000Z', level: 'info', msg: 'synced', kind: 'full' };
it.each<[string, object, string, string]>([
  [
    'plain',
    { ...made, changes: { services: 1 }, changed: ['default/web', 'a/b'], ok: true },
    '{"time":"2026-01-01T00:00:00.000Z","level":"info","msg":"synced","kind":"full","changes":{"services":1},"changed":["default/web","a/b"],"ok":true}\n',
    '2026-01-01T00:00:00.000Z info  synced kind=full changes.services=1 changed=default/web,a/b ok=true\n',
  ],
  [
    'with control characters',
    { level: 'warn', msg: 'say \u001b[31m\u009b2J', error: '<b>\u202e\u200b\u0007 x\ny', key: [] },
    '{"level":"warn","msg":"say \\u001b[31m\\u009b2J","error":"<b>\\u202e\\u200b\\u0007 x\\ny","key":[]}\n',
    ' warn  say \\u001b[31m\\u009b2J error="<b>\\u202e\\u200b\\u0007 x\\ny" key=\n',
  ],
])('a line: %s', (_, line, json, text) => {
  const given = `${JSON.stringify(line)}\n`;
  expect(LINE.json(given)).toBe(json);
  expect(JSON.parse(LINE.json(given))).toEqual(line);
  expect(LINE.text(given)).toBe(text);
});
