/**
 * vipc get and vipc describe on the command line: how arguments are read, streams, exit code.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { load } from 'js-yaml';
import { ROOT } from '../testing/cases/cases.js';
import { vipc } from '../testing/run/vipc.js';

const TYPES = `${ROOT}fixtures/look/service-types`;
const SHOP = `${ROOT}fixtures/look/ingress`;
const SIMULATED = `${ROOT}fixtures/look/simulated`;

const home = process.cwd();
let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'vipc-'));
  mkdirSync(join(directory, 'svc'));
  cpSync(TYPES, join(directory, 'web'), { recursive: true });
  cpSync(TYPES, join(directory, 'svc', 'web'), { recursive: true });
  process.chdir(directory);
});
afterAll(() => {
  process.chdir(home);
  rmSync(directory, { recursive: true });
});

const names = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.replace('service/', ''));

describe('arguments', () => {
  const DEFAULT = ['billing', 'db', 'kubernetes', 'shop', 'waiting', 'web'];

  it.each([
    ['a path', ['web'], DEFAULT],
    ['svc and a path', ['svc', TYPES], DEFAULT],
    ['services and a path', ['services', TYPES], DEFAULT],
    ['svc, a name and a path', ['svc', 'db', TYPES], ['db']],
    ['names in the order they are given, each once', ['service', 'shop', 'db', 'shop', TYPES], ['shop', 'db']],
    ['a path before the name', ['svc', TYPES, 'db'], ['db']],
    ['svc/NAME', ['svc/db', TYPES], ['db']],
    ['svc/NAME after a path', [TYPES, 'svc/db', 'services/web'], ['db', 'web']],
    ['svc/NAME, though there is such a directory', ['svc/web', TYPES], ['web']],
    ['a directory called svc', ['./svc'], DEFAULT],
  ])('%s', async (_, args, expected) => {
    const { code, stdout, stderr } = await vipc(['get', ...args, '-o', 'name']);
    // The note is about the Endpoints in the input.
    expect({ code, stderr }).toEqual({ code: 0, stderr: '1 note on what is synthetic (-v shows notes)\n' });
    expect(names(stdout)).toEqual(expected);
  });

  it('a name that exists as a path is the path, and where a Service has it that is said', async () => {
    const { code, stdout, stderr } = await vipc(['get', 'svc', 'web', '-o', 'name']);
    expect({ code, names: names(stdout) }).toEqual({ code: 0, names: DEFAULT });
    expect(stderr).toContain(
      'note: web is read as a file, because there is one of that name; the Service is svc/web\n',
    );
  });

  it.each([
    [
      'what is neither',
      ['get', 'wbe'],
      2,
      /"wbe" is no file or directory; for a Service of that name: vipc get svc\/NAME/,
    ],
    ['a file that is not there', ['get', 'svc', 'none.yaml'], 2, /"none.yaml" does not exist/],
    ['a name in all namespaces', ['get', 'svc/web', '-A', TYPES], 2, /names select Services of one namespace/],
    ['a name and a selector', ['get', 'svc/web', '-l', 'a=b', TYPES], 2, /either names or -l/],
    ['-A and -n', ['get', '-A', '-n', 'x', TYPES], 2, /either -A or -n/],
    ['a format that is none', ['get', TYPES, '-o', 'jsonpath'], 2, /Allowed choices are wide, yaml, json, name/],
    [
      'a selector that is none, with a mark',
      ['get', TYPES, '-l', 'app in web'],
      2,
      /found 'web' expected: '\('\n {2}app in web\n {9}\^\n/,
    ],
    [
      'a name like another',
      ['get', 'svc/bd', TYPES],
      1,
      /services "bd" not found in namespace default\n {2}did you mean db\?/,
    ],
    ['a name of another namespace', ['get', 'svc/peers', TYPES], 1, /not found[^]*there is one in data: -n data/],
    ['a name like none', ['describe', 'svc/zookeeper', '-n', 'data', TYPES], 1, /namespace data has peers/],
    ['a namespace that is none', ['describe', 'svc/web', '-n', 'dta', TYPES], 1, /there is one in default: -n default/],
  ] as const)('refuses %s', async (_, argv, expected, message) => {
    const { code, stdout, stderr } = await vipc(argv);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
  });

  it('prints those that are there when a name is not', async () => {
    const { code, stdout, stderr } = await vipc(['get', 'svc', 'db', 'bd', TYPES, '-o', 'name']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: 'service/db\n' });
    expect(stderr).toMatch(/"bd" not found/);
  });
});

describe('which Services', () => {
  it.each([
    [['-n', 'data'], ['peers']],
    [['-A'], ['peers', 'billing', 'db', 'kubernetes', 'shop', 'waiting', 'web']],
    [['-l', 'tier'], ['web']],
    [['-l', 'component in (apiserver, scheduler),provider!=aws'], ['kubernetes']],
    [
      ['-l', '!tier,!component'],
      ['billing', 'db', 'shop', 'waiting'],
    ],
  ])('%j', async (flags, expected) => {
    const { code, stdout } = await vipc(['get', TYPES, '-o', 'name', ...flags]);
    expect({ code, names: names(stdout) }).toEqual({ code: 0, names: expected });
  });

  it.each([
    [
      'of a namespace that has none',
      [SHOP],
      'No resources found in default namespace.\nthere are 3 Services in shop: -A shows all, -n shop those of one namespace\n',
    ],
    [
      'with such labels',
      [SHOP, '-n', 'shop', '-l', 'a=b'],
      'No resources found in shop namespace.\n3 are there without -l\n',
    ],
    ['anywhere with such labels', [SHOP, '-A', '-l', 'a=b'], 'No resources found.\n3 are there without -l\n'],
  ])('says that there are none %s', async (_, args, expected) => {
    expect(await vipc(['get', ...args])).toEqual({
      code: 0,
      stdout: '',
      stderr: `2 notes on what is synthetic (-v shows notes)\n${expected}`,
    });
  });

  it('reads a pipe', async () => {
    const { stdout } = await vipc(['get', '-o', 'name', '-n', 'data'], readFileSync(`${TYPES}/manifests.yaml`, 'utf8'));
    expect(stdout).toBe('service/peers\n');
  });
});

describe('output', () => {
  const title = async (...flags: string[]) =>
    (await vipc(['get', SIMULATED, ...flags])).stdout.split('\n')[0]?.split(/ {2,}/);
  const KUBECTL = ['NAME', 'TYPE', 'CLUSTER-IP', 'EXTERNAL-IP', 'PORT(S)', 'AGE'];

  it.each([
    [[], [...KUBECTL, 'READY']],
    [['--simulate'], [...KUBECTL, 'READY', 'SYNTHETIC']],
    [
      ['-o', 'wide'],
      [...KUBECTL, 'SELECTOR', 'READY', 'INGRESS'],
    ],
    [
      ['-A', '--show-labels'],
      ['NAMESPACE', ...KUBECTL, 'READY', 'LABELS'],
    ],
    [['--no-headers'], ['fixed', 'ClusterIP', '10.96.0.44', '<none>', '80/TCP', '<unknown>', '0/0']],
  ])('columns of %j', async (flags, expected) => expect(await title(...flags)).toEqual(expected));

  it.each([
    ['several are a List', ['-A'], 'List'],
    ['so is one that was not named', ['-n', 'data'], 'List'],
    ['and none', ['-n', 'nowhere'], 'List'],
    ['one that was named is itself', ['svc/db'], 'Service'],
    ['two that were named are a List', ['svc/db', 'svc/web'], 'List'],
  ])('%s', async (_, args, kind) => {
    const json = JSON.parse((await vipc(['get', TYPES, ...args, '-o', 'json'])).stdout);
    const yaml = load((await vipc(['get', TYPES, ...args, '-o', 'yaml'])).stdout);
    expect(json).toMatchObject({ apiVersion: 'v1', kind });
    expect(yaml).toEqual(json);
  });

  it('is read again as the same, and what was made up stays marked', async () => {
    const first = (await vipc(['get', SIMULATED, '--simulate', '-o', 'yaml'])).stdout;
    expect(first).toContain('vipc/synthetic: clusterIP nodePort healthCheckNodePort');
    expect((await vipc(['get', '-o', 'yaml'], first)).stdout).toBe(first);
  });

  it('hides what commands a terminal', async () => {
    const yaml = JSON.stringify({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', annotations: { a: '\u001b[2J\r\u009b1A\u202e' } },
      spec: { clusterIP: '10.96.0.1', ports: [{ port: 80 }] },
    });
    const { stdout } = await vipc(['describe', 'svc/web', '-'], yaml);
    expect(stdout).toContain('Annotations:              a: ^[[2J\\r\ufffd1A\ufffd\n');
  });

  it('describes several with two lines between', async () => {
    const { stdout } = await vipc(['describe', 'svc', 'db', 'svc/web', TYPES]);
    expect(stdout.match(/^Name: +\S+$/gm)).toEqual(['Name:                     db', 'Name:                     web']);
    expect(stdout).toMatch(/\n\n\nName: +web\n/);
  });

  it.each(['get', 'describe'])('%s has a help with an example that works', async (command) => {
    process.chdir(home);
    const { stdout } = await vipc([command, '--help']);
    const [, example = ''] = new RegExp(`^ {2}vipc (${command} .+)$`, 'm').exec(stdout) ?? [];
    expect(await vipc(example.split(' '))).toMatchObject({ code: 0, stderr: '' });
  });
});
