/**
 * `vipc lint`: formats, exit codes, vipc-ignore comments and configuration. src/lint tests the findings.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ROOT } from '../testing/cases/cases.js';
import { vipc } from '../testing/run/vipc.js';

const WEB = `${ROOT}fixtures/tour/web/cluster.yaml`;
const HEAD = 'apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec:\n';
/** A warning at 6:17, and a note at 7:20. */
const FOUND = `${HEAD}  clusterIP: 10.96.0.10\n  externalIPs: [203.0.113.10]\n  sessionAffinity: ClientIP\n  ports: [{ port: 80 }]\n`;
const NOTE = FOUND.replace(/ {2}externalIPs.*\n/, '  type: NodePort\n').replace(
  'port: 80',
  'port: 80, nodePort: 30080',
);
const BROKEN = FOUND.replace('port: 80', 'port: 80000');

let directory = '';
const file = (name: string, text: string): string => {
  writeFileSync(join(directory, name), text);
  return join(directory, name);
};
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'vipc-lint-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

describe('the exit code', () => {
  it.each<readonly [string, readonly string[], string, number]>([
    ['of nothing', ['lint', WEB], '', 0],
    ['of a warning', ['lint'], FOUND, 1],
    ['of a note', ['lint'], NOTE, 0],
    ['of a note that is asked for', ['lint', '--severity', 'note'], NOTE, 1],
    ['of a warning where errors are asked for', ['lint', '--severity', 'error'], FOUND, 0],
    ['of an error of the input', ['lint'], BROKEN, 2],
    ['of an error of the input, as data', ['lint', '--format', 'json'], BROKEN, 2],
    ['of an error that is left out', ['lint', '--skip-invalid'], BROKEN, 1],
    ['of no input', ['lint', '/no/such/file'], '', 2],
    ['of no object', ['lint'], '', 2],
  ])('%s', async (_, argv, stdin, expected) => expect((await vipc(argv, stdin)).code).toBe(expected));
});

it('text has a place, a code, what to do, and counts', async () => {
  const { stdout, stderr } = await vipc(['lint', '--severity', 'note'], FOUND);
  expect(stderr).toBe('');
  expect(stdout).toMatch(
    /^<stdin>:6:16: warning: Service default\/web: .* \[external-ips\]\n {4}6 \| .*\n +\| +\^\n {2}\S/,
  );
  expect(stdout).toMatch(/\n\n1 warning {2}external-ips\n1 note {5}affinity-list\n$/);
  expect((await vipc(['lint', WEB])).stdout).toBe('nothing found\n');
});

it('json has the same fields for every finding', async () => {
  const { stdout } = await vipc(['lint', '--format', 'json', '--severity', 'note'], FOUND);
  const found = JSON.parse(stdout) as readonly Readonly<Record<string, unknown>>[];
  expect(
    found.map(({ code, severity, file, line, column, object }) => [code, severity, file, line, column, object]),
  ).toEqual([
    ['external-ips', 'warning', '<stdin>', 6, 16, 'Service default/web'],
    ['affinity-list', 'note', '<stdin>', 7, 20, 'Service default/web'],
  ]);
  const fields = ['code', 'severity', 'file', 'line', 'column', 'object', 'message', 'hint', 'related'];
  for (const each of found) expect(Object.keys(each)).toEqual(fields);
  expect(JSON.parse((await vipc(['lint', '--format', 'json', WEB])).stdout)).toEqual([]);
});

describe('github', () => {
  it('has a line for each finding', async () => {
    const { stdout } = await vipc(['lint', '--format', 'github', '--severity', 'note'], FOUND);
    expect(stdout.replace(/::Service.*/g, '')).toBe(
      '::warning file=<stdin>,line=6,col=16,title=external-ips\n::notice file=<stdin>,line=7,col=20,title=affinity-list\n',
    );
    expect(stdout).toMatch(/::Service default\/web: what Pods .*%0A[a-z]/);
  });

  it('escapes what its syntax is made of (actions/toolkit, command.ts)', async () => {
    const name = file('a,b:c%d.yaml', `${FOUND}  status%x: 1\n`);
    const { stdout } = await vipc(['lint', '--format', 'github', name]);
    expect(stdout).toContain('a%2Cb%3Ac%25d.yaml,line=6');
    expect(stdout).toMatch(/::Service default\/web: spec.*status%25x/);
  });
});

interface Sarif {
  readonly version: string;
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly name: string; readonly rules: readonly { readonly id: string }[] } };
    readonly results: readonly {
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly level: string;
      readonly message: { readonly text: string };
      readonly locations: readonly object[];
    }[];
  }[];
}

it('sarif has what SARIF 2.1.0 requires, and rules with help', async () => {
  const path = file('a b#ü.yaml', FOUND);
  const { stdout } = await vipc(['lint', '--format', 'sarif', '--severity', 'note', path]);
  const log = JSON.parse(stdout) as Sarif;
  expect(log.version).toBe('2.1.0');
  const [{ tool, results }] = log.runs as [Sarif['runs'][number]];
  expect(tool.driver.name).toBe('vipc');
  for (const rule of tool.driver.rules) {
    expect(rule).toMatchObject({
      id: expect.stringMatching(/^[a-z-]+$/),
      help: { text: expect.stringMatching(/\.$/) },
    });
  }
  expect(new Set(tool.driver.rules.map(({ id }) => id)).size).toBe(tool.driver.rules.length);
  expect(results.map(({ ruleId, level }) => `${level} ${ruleId}`)).toEqual([
    'warning external-ips',
    'note affinity-list',
  ]);
  for (const { ruleId, ruleIndex, message, locations } of results) {
    expect(tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
    expect(message.text).not.toBe('');
    const uri = `file://${directory}/a%20b%23%C3%BC.yaml`;
    expect(locations).toMatchObject([
      { physicalLocation: { artifactLocation: { uri }, region: { startLine: expect.any(Number) } } },
    ]);
  }
});

it('a code of the input has a rule as well', async () => {
  const { stdout } = await vipc(['lint', '--format', 'sarif'], BROKEN);
  const [{ tool, results }] = (JSON.parse(stdout) as Sarif).runs as [Sarif['runs'][number]];
  expect(results.map(({ ruleId, ruleIndex }) => [ruleId, tool.driver.rules[ruleIndex]?.id])).toEqual([
    ['invalid-field', 'invalid-field'],
  ]);
});

describe('the configuration', () => {
  it('gives codes another severity', async () => {
    const config = file('lint.yaml', 'severity: { external-ips: error, affinity-list: off }\n');
    const { code, stdout } = await vipc(['lint', '--severity', 'note', '--lint-config', config], FOUND);
    expect(stdout).toMatch(/error: .*\[external-ips\]/);
    expect({ code, note: stdout.includes('affinity-list') }).toEqual({ code: 1, note: false });
  });

  it('has errors with their places', async () => {
    const config = file('wrong.yaml', 'severity:\n  external-ip: off\n');
    const { code, stdout, stderr } = await vipc(['lint', '--lint-config', config], FOUND);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/wrong\.yaml:2:3: error: .*external-ip.*\n.*\n.*\n {2}did you mean external-ips\?\n/);
  });

  it('is that of the current directory where none is named', async () => {
    const before = process.cwd();
    file('.vipc-lint.yaml', 'severity: { external-ips: off }\n');
    process.chdir(directory);
    try {
      expect((await vipc(['lint'], FOUND)).code).toBe(0);
    } finally {
      process.chdir(before);
    }
  });
});

it('-n is the namespace of what says none', async () => {
  const { stdout } = await vipc(['lint', '-n', 'shop', '--format', 'json'], FOUND);
  expect(stdout).toContain('"Service shop/web"');
});
