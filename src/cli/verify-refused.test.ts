import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ROOT } from '../testing/cases/cases.js';
import { vipc } from '../testing/run/vipc.js';

const WEB = `${ROOT}fixtures/tour/web/cluster.yaml`;

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'vipc-verify-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, text: string): string {
  writeFileSync(join(directory, name), text);
  return join(directory, name);
}

it.each([
  ['--mode-b', 'ipvs', [WEB, 'dump'], 'B is'],
  ['--layout-b', 'fast', [WEB, 'dump'], 'B is'],
  ['--mode-a', 'ipvs', ['dump', WEB], 'A is'],
  ['--layout', 'fast', ['dump', 'dump'], 'A and B are'],
  ['--mode', 'ipvs', ['dump', 'dump'], 'A and B are'],
])('%s %s says nothing of rules: %j', async (option, value, sides, what) => {
  const rules = file('rules', '*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n');
  const paths = sides.map((side) => (side === 'dump' ? rules : side));
  const { code, stdout, stderr } = await vipc(['verify', ...paths, option, value]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toBe(`error: ${option} goes with a snapshot: ${what} not compiled, but rules already\n`);
});

it.each([
  ['one side only', () => ['verify', WEB], 'name two'],
  ['an empty file', () => ['verify', WEB, file('empty', '')], 'empty holds neither rules nor a Kubernetes object'],
  ['standard input twice', () => ['verify', '-', '-'], 'one of the two only'],
  ['what is not there', () => ['verify', WEB, join(directory, 'nowhere')], 'nowhere'],
  [
    'a snapshot with errors',
    () => ['verify', WEB, file('wrong.yaml', 'kind: Service\napiVersion: v1\nmetadata: {}\n')],
    'error',
  ],
  ['a dump that ends early', () => ['verify', WEB, file('cut', '*nat\n:PREROUTING ACCEPT [0:0]\n')], 'COMMIT'],
])('%s is trouble', async (_, argv, text) => {
  const { code, stdout, stderr } = await vipc(argv());
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(text);
});
