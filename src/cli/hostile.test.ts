/**
 * Terminal control characters from outside: in files, file names, arguments and tool messages. No command prints them
 * on either stream.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { load } from 'js-yaml';
import pino from 'pino';
import { escapedJson, isPrintable } from '../printable.js';
import { ROOT } from '../testing/cases/cases.js';
import { vipc } from '../testing/run/vipc.js';
import { PROCESS_IO } from './io.js';
import { LINE } from './log-lines.js';
import { buildProgram } from './program.js';

/** Clears the screen, sets the title, reorders, hides, ends a line. */
const EVIL = 'x\u001b[2J\u001b]0;t\u0007\u009b31m\u007f\u202e\u2066\u200b\u200f\u061c\u2028\ufeff\u{e0041}y';

/** The name of a file. */
const NAME = `${EVIL}\n::error::z`;

const Q = escapedJson(JSON.stringify(EVIL));

/** As a plain scalar, where YAML has no escapes: only characters that YAML allows there. */
const RAW = 'x\u202e\u200b\u2066\u2028y';

const SERVICE = (name: string, more = '', spec = '') => `---
apiVersion: v1
kind: Service
metadata:
  name: ${name}
  annotations: { note: ${Q}, plain: ${RAW} }
  labels: { app: web }
${more}spec:
  selector: { app: web }
${spec}  ports: [{ name: http, port: 80, targetPort: web }]
`;

const INGRESS = `---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: in, annotations: { a: ${Q} } }
spec:
  rules:
    - host: a.example
      http:
        paths:
          - { path: "/${EVIL.replace(/[^]/gu, (c) => escapedJson(JSON.stringify(c)).slice(1, -1))}", pathType: Prefix, backend: { service: { name: web, port: { number: 81 } } } }
          - { path: "/a", pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }
`;

const SOUND = `${SERVICE('web', '', '  clusterIP: 10.96.0.9\n')}${INGRESS}---
apiVersion: v1
kind: Node
metadata: { name: node-a }
---
apiVersion: example.com/v1
kind: ${Q}
metadata: { name: ${Q} }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 1
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: c, ports: [{ name: web, containerPort: 8080 }] }] }
`;

const BROKEN = `${SOUND}${SERVICE(Q)}${SERVICE('bad', `  ${Q}: x\n`, `  type: ${Q}\n  ${Q}: 1\n`)}${SERVICE('raw', '', `  type: ${RAW}\n`)}---
- a: [${RAW}
`;

let [directory, sound, broken, unreadable, config, rules, saved] = ['', '', '', '', '', '', ''];

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'vipc-hostile-'));
  const into = (name: string, files: Readonly<Record<string, string>>): string => {
    mkdirSync(join(directory, name));
    for (const [file, text] of Object.entries(files)) writeFileSync(join(directory, name, file), text);
    return join(directory, name);
  };
  sound = into('sound', { [`${NAME}.yaml`]: SOUND });
  broken = into('broken', { [`${NAME}.yaml`]: BROKEN, [`${NAME}.json`]: `{ "kind": ${Q}, ` });
  unreadable = into('unreadable', { [`${NAME}.yaml`]: '\0', [`${NAME}.json`]: '' });
  config = join(into('config', { [`${NAME}.yaml`]: `kind: ${Q}\napiVersion: ${Q}\n` }), `${NAME}.yaml`);
  const words = EVIL.replaceAll(/\s/g, '');
  const rule = `-A PREROUTING -m comment --comment "${words}" -m ${words} -j ${words}`;
  saved = into('saved', { 'iptables.rules': `*nat\n:PREROUTING ACCEPT [0:0]\n${rule}\nCOMMIT\n` });
  rules = into(NAME, { 'iptables.rules': `*nat\n-A ${EVIL} -m comment --comment "${EVIL}"\nCOMMIT\n` });
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Each command with hostile inputs and arguments; paths are filled in at run time. */
const CASES: readonly (readonly [string, () => readonly string[]])[] = [
  ...['compile', 'get', 'describe', 'dns', 'env', 'allocate', 'diff', 'verify'].flatMap((command) =>
    ['sound', 'broken'].flatMap((input) => {
      const path = () => (input === 'sound' ? sound : broken);
      const both = () => (['diff', 'verify'].includes(command) ? [path(), sound] : [path()]);
      return [
        [`${command} of ${input} files`, () => [command, '-v', ...both()]],
        [`${command} --skip-invalid of ${input} files`, () => [command, '-v', '--skip-invalid', ...both()]],
      ] as const;
    }),
  ),
  ['compile --simulate', () => ['compile', '-v', '--simulate', sound]],
  ['compile --format json', () => ['compile', '--simulate', '--format', 'json', sound]],
  ['compile with a hostile configuration', () => ['compile', '-c', config, sound]],
  ['compile for a node', () => ['compile', '--node', EVIL, sound]],
  ['compile into a directory', () => ['compile', sound, '-o', join(directory, 'out', EVIL)]],
  ['compile --check of hostile files', () => ['compile', sound, '--check', rules]],
  ['compile of several clusters', () => ['compile', '--cluster', `${EVIL}=${sound}`]],
  ['verify of hostile rules', () => ['verify', rules, sound]],
  ['verify as data', () => ['verify', '--format', 'json', rules, rules]],
  ['verify for a pull request', () => ['verify', '--format', 'markdown', sound, rules]],
  ['migrate', () => ['migrate', '-v', '--from', 'iptables', sound]],
  ['migrate of what a broken file has', () => ['migrate', '--from', 'ipvs', '--skip-invalid', broken]],
  ['migrate for a pull request', () => ['migrate', '--from', 'ipvs', '--format', 'markdown', sound]],
  ['migrate as data', () => ['migrate', '--from', 'iptables', '--format', 'json', sound]],
  ['diff as data', () => ['diff', '--format', 'json', '--simulate', sound, sound]],
  ['get as YAML', () => ['get', '-o', 'yaml', sound]],
  ['get as JSON', () => ['get', '-o', 'json', sound]],
  ['get -o wide with labels', () => ['get', '-o', 'wide', '--show-labels', sound]],
  ['get of a namespace', () => ['get', '-n', EVIL, sound]],
  ['get by a selector', () => ['get', '-l', EVIL, sound]],
  ['get of a name', () => ['get', `svc/${EVIL}`, sound]],
  ['describe as YAML', () => ['describe', '-o', 'yaml', sound]],
  ['describe with endpoints', () => ['describe', '--simulate', sound]],
  ['explain of a Service', () => ['explain', '-v', '--simulate', 'svc/web', sound]],
  ['explain of what a broken file has', () => ['explain', '-v', 'svc/web', broken]],
  ['explain of nothing', () => ['explain', EVIL, sound]],
  ['explain of a name', () => ['explain', `svc/${EVIL}`, sound]],
  ['expose of a Service', () => ['expose', '-v', 'svc/web', sound]],
  ['expose as JSON', () => ['expose', 'svc/web', '-o', 'json', '--skip-invalid', broken]],
  ['expose of a name', () => ['expose', 'deployment', EVIL, sound]],
  ['expose of a resource', () => ['expose', EVIL, sound]],
  ['expose with labels', () => ['expose', 'svc/web', '--labels', EVIL, sound]],
  ['port-forward to a name', () => ['port-forward', `svc/${EVIL}`, '80', sound]],
  ['port-forward to a port', () => ['port-forward', 'svc/web', EVIL, sound]],
  ['port-forward of broken files', () => ['port-forward', '-v', 'svc/web', ':80', broken]],
  ['explain as data', () => ['explain', 'svc/web', '--format', 'json', sound]],
  ['dns of a hostile name', () => ['dns', EVIL, '--from-namespace', 'default', sound]],
  ['dns as data', () => ['dns', '--format', 'json', sound]],
  ['dns below a domain', () => ['dns', '--domain', EVIL, sound]],
  ['dns of a federation', () => ['dns', '--federation', EVIL, '--domain', 'a.example', '--cluster', `a=${sound}`]],
  ['env of a namespace', () => ['env', '-n', EVIL, sound]],
  ...['text', 'json', 'sarif', 'github'].map(
    (format) =>
      [
        `lint as ${format}`,
        () => ['lint', '--severity', 'note', '--format', format, '--skip-invalid', sound, broken],
      ] as const,
  ),
  ['lint of errors', () => ['lint', broken]],
  ['lint with a hostile configuration', () => ['lint', '--lint-config', config, sound]],
  ['allocate', () => ['allocate', '-v', '--service-cidr', EVIL, sound]],
  ['trace of a sender', () => ['trace', '--from', EVIL, '--to', 'svc/web', sound]],
  ['trace of a target', () => ['trace', '--from', 'outside', '--to', `${EVIL}:80`, sound]],
  ['trace of hostile files', () => ['trace', '-v', '--simulate', '--from', 'outside', '--to', 'svc/web', sound]],
  ['trace of broken files', () => ['trace', '--from', 'outside', '--to', 'svc/web', broken]],
  ['trace of hostile rules', () => ['trace', '--from', '10.0.0.1', '--to', '10.0.0.2:80', '--rules', rules]],
  ['trace of rules of others', () => ['trace', '-v', '--from', '10.0.0.1', '--to', '10.0.0.2:80', '--rules', saved]],
  ['trace as data', () => ['trace', '--format', 'json', '--from', '10.0.0.1', '--to', '10.0.0.2:80', '--rules', saved]],
  ['completion for a shell', () => ['completion', EVIL]],
  ['a command that is none', () => [EVIL]],
  ['an option that is none', () => ['compile', `--${EVIL}`]],
  ['a choice that is none', () => ['compile', '--family', EVIL, sound]],
  ['a number that is none', () => ['apply', '--netns', 'none', '--wait', EVIL, sound]],
  ['files that are no text', () => ['compile', unreadable]],
  ['a file that is not there', () => ['compile', join(directory, NAME, EVIL)]],
  ['an address that is none', () => ['compile', '--node-address', EVIL, sound]],
  ['a namespace that is not there', () => ['diff', '--live', '--netns', EVIL, sound]],
  ['apply in a namespace', () => ['apply', '--netns', EVIL, sound]],
  ['cleanup of a namespace', () => ['cleanup', '--netns', EVIL]],
  ['capture of a namespace', () => ['capture', '-o', join(directory, 'captured'), '--netns', EVIL]],
  ['capture into a directory', () => ['capture', '-o', join(directory, 'none', EVIL)]],
  ['doctor of a namespace', () => ['doctor', '--netns', EVIL]],
  ['report', () => ['report', '-v', '--skip-invalid', broken, '-o', join(directory, EVIL)]],
  ['sync of a namespace', () => ['sync', '--netns', EVIL, '--snapshot', sound]],
  ['sync with a configuration', () => ['sync', '-c', config, '--snapshot', sound]],
  ['too many arguments', () => ['cleanup', EVIL]],
];

/** `allocate` prints manifests verbatim, which to a file or a program is every byte. */
const VERBATIM = /^allocate/;

describe.each([
  ['a pipe', ''],
  ['a terminal', undefined],
])('on %s', (_, stdin) => {
  it.each(CASES)('%s', async (name, argv) => {
    const result = await vipc(argv(), stdin);
    if (stdin === undefined || !VERBATIM.test(name)) expect(unsafeIn(result.stdout)).toEqual([]);
    expect(unsafeIn(result.stderr)).toEqual([]);
    expect(`${result.stdout}${result.stderr}`).not.toMatch(/^::error/m);
  });
});

/** The lines with unprintable characters, in a printable form. */
function unsafeIn(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => (isPrintable(line) ? [] : [escapedJson(line)]));
}

it('is tried with every command', () => {
  const { commands } = buildProgram(PROCESS_IO, () => {});
  const tried = new Set(CASES.map(([name]) => name.split(' ')[0]));
  expect(commands.map((command) => command.name()).filter((name) => !tried.has(name))).toEqual([]);
});

it('has colours of vipc on a terminal, and none of the input', async () => {
  const { stderr } = await vipc(['compile', '--skip-invalid', broken], undefined, { NO_COLOR: '' });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a colour begins with one.
  const escapes = new Set(stderr.match(/\u001b[^m]*m?/g));
  expect([...escapes].sort()).toEqual(['\u001b[1m', '\u001b[22m', '\u001b[2m', '\u001b[33m', '\u001b[39m']);
});

describe('for programs it means the same', () => {
  it.each(['yaml', 'json'])('-o %s', async (format) => {
    const { stdout } = await vipc(['get', 'svc/web', '-o', format, sound], '');
    const { metadata } = load(stdout) as { metadata: { annotations: Record<string, string> } };
    expect(metadata.annotations).toEqual({ note: EVIL, plain: RAW });
  });

  it('allocate changes no byte of the input', async () => {
    const { stdout } = await vipc(['allocate', sound], '');
    const missing = SOUND.split('\n').filter((line) => !stdout.split('\n').includes(line));
    expect(missing).toEqual([]);
    expect(readFileSync(join(sound, `${NAME}.yaml`), 'utf8')).toBe(SOUND);
  });

  it('a line of the log', () => {
    const written: string[] = [];
    pino({ base: null, timestamp: false }, { write: (line: string) => void written.push(LINE.json(line)) }).info(
      { object: EVIL },
      EVIL,
    );
    expect(unsafeIn(written.join(''))).toEqual([]);
    expect(JSON.parse(written.join(''))).toEqual({ level: 30, object: EVIL, msg: EVIL });
  });
});

it('the caret stands below the place behind tabs', async () => {
  const text = readFileSync(`${ROOT}fixtures/tour/web/cluster.yaml`, 'utf8').replace(/port: 80$/m, 'port:\t\t80000');
  const { stderr } = await vipc(['compile'], text);
  expect(stderr).toMatch(/\| {7}port:\t\t80000\n +\| {12}\t\t\^$/m);
});
