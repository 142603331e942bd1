import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { showPath } from '../diag.js';
import { loadSources } from './source.js';

let root = '';
const stdin = async () => Buffer.from('from: stdin\n');

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'vipc-source-'));
  const files: Readonly<Record<string, string | Uint8Array>> = {
    'dir/b.yaml': 'b',
    'dir/a.yml': 'a',
    'dir/B.json': '{}',
    'dir/note.txt': 'no',
    'dir/.hidden.yaml': 'no',
    'dir/.git/x.yaml': 'no',
    'dir/node_modules/x.yaml': 'no',
    'dir/sub/c.yaml': 'c',
    'empty/readme.md': 'no',
    'with-chart/a.yaml': 'a',
    'with-chart/chart/Chart.yaml': 'no',
    'with-chart/chart/values.yaml': 'no',
    'with-chart/chart/templates/a.yaml': '{{ no }}',
    'bom.yaml': '\ufeffa: 1',
    'utf16le.yaml': Uint8Array.of(0xff, 0xfe, 0x61, 0),
    'utf16be.yaml': Uint8Array.of(0xfe, 0xff, 0, 0x61),
    'latin1.yaml': Uint8Array.of(0x61, 0xe4, 0x62),
    'nul.yaml': 'a\0b',
  };
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(root, name, '..'), { recursive: true });
    await writeFile(join(root, name), content);
  }
  await symlink(join(root, 'dir'), join(root, 'dir/loop'));
  await symlink(join(root, 'bom.yaml'), join(root, 'dir/linked.yaml'));
});

afterAll(() => rm(root, { recursive: true, force: true }));

const good: [string, string[], [string, string][]][] = [
  ['a file, named as given', ['bom.yaml'], [['bom.yaml', 'a: 1']]],
  ['standard input', ['-'], [['<stdin>', 'from: stdin\n']]],
  ['standard input twice', ['-', '-'], [['<stdin>', 'from: stdin\n']]],
  [
    'a directory by code point, without hidden entries, links to directories and other files',
    ['dir'],
    [
      ['dir/B.json', '{}'],
      ['dir/a.yml', 'a'],
      ['dir/b.yaml', 'b'],
      ['dir/linked.yaml', 'a: 1'],
      ['dir/sub/c.yaml', 'c'],
    ],
  ],
  ['one file under two names', ['dir/b.yaml', 'dir/../dir/b.yaml'], [['dir/b.yaml', 'b']]],
  ['a file and a directory that has it', ['dir/sub/c.yaml', 'dir/sub'], [['dir/sub/c.yaml', 'c']]],
];

const bad: [string, string, string, RegExp][] = [
  ['no such file', 'nope.yaml', 'not-found', /nope.yaml" does not exist/],
  ['below a file', 'bom.yaml/x', 'not-found', /does not exist/],
  ['a directory without manifests', 'empty', 'not-found', /without any .yaml, .yml or .json file/],
  ['UTF-16, little end first', 'utf16le.yaml', 'not-utf8', /UTF-16/],
  ['UTF-16, big end first', 'utf16be.yaml', 'not-utf8', /UTF-16/],
  ['Latin-1', 'latin1.yaml', 'not-utf8', /is not UTF-8/],
  ['NUL', 'nul.yaml', 'not-utf8', /NUL/],
];

describe('loadSources', () => {
  it.each(good)('%s', async (_, paths, expected) => {
    const { value, diagnostics } = await loadSources(paths.map(at), stdin);
    expect(diagnostics).toEqual([]);
    expect(value.map(({ name, text }) => [name, text])).toEqual(expected.map(([name, text]) => [at(name), text]));
  });

  it.each(bad)('%s', async (_, path, code, message) => {
    const { value, diagnostics } = await loadSources([at(path), '-'], stdin);
    expect(diagnostics).toMatchObject([{ code, severity: 'error', message: expect.stringMatching(message) }]);
    expect(value.map(({ name }) => name)).toEqual(['<stdin>']);
  });

  it('leaves a Helm chart out, and says how to render it', async () => {
    const { value, diagnostics } = await loadSources([at('with-chart')], stdin);
    expect(value.map(({ name }) => name)).toEqual([at('with-chart/a.yaml')]);
    expect(diagnostics).toEqual([
      {
        code: 'not-a-manifest',
        severity: 'warning',
        message: `${showPath(at('with-chart/chart'))} is a Helm chart, which is not rendered here: left out`,
        hint: `helm template ${at('with-chart/chart')} | vipc …`,
      },
    ]);
    expect((await loadSources([at('with-chart/chart')], stdin)).diagnostics).toHaveLength(1);
    expect((await loadSources([at('with-chart/chart/templates')], stdin)).value).toHaveLength(1);
  });

  it('refuses a captured node, and says what reads it', async () => {
    const captured = join(root, 'captured');
    await mkdir(captured);
    await writeFile(join(captured, 'vipc-capture'), 'vipc-capture 1');
    await writeFile(join(captured, 'addresses.json'), '[]');
    expect((await loadSources([captured], stdin)).diagnostics).toEqual([
      {
        code: 'not-a-manifest',
        severity: 'error',
        message: `${showPath(captured)} is a captured node, not a snapshot`,
        hint: `vipc diff ${captured} SNAPSHOT`,
      },
    ]);
  });

  it('strips byte order marks where files were put one behind the other', async () => {
    expect((await loadSources(['-'], async () => Buffer.from('\ufeffa: 1\n---\n\ufeffb: \ufeff1'))).value).toEqual([
      { name: '<stdin>', text: 'a: 1\n---\nb: \ufeff1' },
    ]);
  });

  it('strips the byte order mark of standard input too', async () => {
    expect((await loadSources(['-'], async () => Buffer.from('\ufeffa: 1'))).value).toEqual([
      { name: '<stdin>', text: 'a: 1' },
    ]);
  });

  it('holds standard input to the same rules', async () => {
    const { diagnostics } = await loadSources(['-'], async () => Buffer.from([0x61, 0xff]));
    expect(diagnostics).toMatchObject([{ code: 'not-utf8', message: '"<stdin>" is not UTF-8 text' }]);
  });

  it('refuses a device', async () => {
    expect((await loadSources(['/dev/zero'], stdin)).diagnostics).toMatchObject([{ code: 'unreadable' }]);
  });

  it('passes over what is no file in a directory', async () => {
    const special = join(root, 'special');
    await mkdir(join(special, 'sub'), { recursive: true });
    execFileSync('mkfifo', [join(special, 'a.yaml'), join(special, 'sub/b.json')]);
    await symlink('/dev/zero', join(special, 'c.yml'));
    await symlink('a.yaml', join(special, 'd.yaml'));
    const socket = createServer().listen(join(special, 'e.yaml'));
    await once(socket, 'listening');
    await writeFile(join(special, 'f.yaml'), 'f');
    const { value, diagnostics } = await loadSources([special], stdin);
    socket.close();
    expect(value.map(({ text }) => text)).toEqual(['f']);
    const named = (file: string) => showPath(join(special, file));
    expect(diagnostics.map(({ severity, message }) => `${severity} ${message}`)).toEqual([
      `warning ${named('a.yaml')} is a FIFO and is passed over`,
      `warning ${named('c.yml')} is a device and is passed over`,
      `warning ${named('d.yaml')} is a FIFO and is passed over`,
      `warning ${named('e.yaml')} is a socket and is passed over`,
      `warning ${named('sub/b.json')} is a FIFO and is passed over`,
    ]);
  });

  it('waits for a FIFO that is named, but not for a daemon', async () => {
    const fifo = join(root, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const { diagnostics } = await loadSources([fifo], stdin, { pipes: false });
    expect(diagnostics).toMatchObject([{ message: expect.stringMatching(/is a FIFO, and neither a file nor a dir/) }]);
    const writer = spawn('sh', ['-c', 'echo from: fifo > "$0"', fifo]);
    expect((await loadSources([fifo], stdin)).value).toEqual([{ name: fifo, text: 'from: fifo\n' }]);
    await once(writer, 'close');
  });

  it('reports a broken standard input', async () => {
    const broken = () => Promise.reject(new Error('EIO'));
    expect((await loadSources(['-'], broken)).diagnostics).toMatchObject([{ code: 'unreadable' }]);
  });
});

function at(path: string): string {
  return path === '-' || path === '<stdin>' ? path : join(root, path);
}
