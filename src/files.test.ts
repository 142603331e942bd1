import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { makeDirectory, makeOutputDirectory, openInPlace, replaceFiles } from './files.js';

const home = process.cwd();
let [directory, outside] = ['', ''];
beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'vipc-files-')));
  outside = realpathSync(mkdtempSync(join(tmpdir(), 'vipc-outside-')));
  process.chdir(directory);
});
afterEach(() => {
  process.chdir(home);
  for (const each of [directory, outside]) rmSync(each, { recursive: true });
});

const put = (name: string, ...pieces: string[]) => replaceFiles(directory, [{ name, pieces }]);

describe('replaceFiles', () => {
  it('replaces a file, keeps its mode, and leaves nothing else', () => {
    writeFileSync('rules', 'old', { mode: 0o600 });
    put('rules', 'new', ' text');
    expect(readFileSync('rules', 'utf8')).toBe('new text');
    expect(statSync('rules').mode & 0o777).toBe(0o600);
    expect(readdirSync('.')).toEqual(['rules']);
  });

  it.each(['rules', 'rules.tmp', '.rules.tmp'])('writes through no link that is called %s', (name) => {
    writeFileSync(join(outside, 'theirs'), 'theirs');
    symlinkSync(join(outside, 'theirs'), name);
    put('rules', 'ours');
    expect(readFileSync(join(outside, 'theirs'), 'utf8')).toBe('theirs');
    expect(lstatSync('rules').isFile()).toBe(true);
    expect(readFileSync('rules', 'utf8')).toBe('ours');
  });

  it('has a new name for what it writes each time', () => {
    const names = new Set<string>();
    for (let i = 0; i < 3; i++) {
      const pieces = {
        *[Symbol.iterator]() {
          for (const name of readdirSync('.')) if (name.endsWith('.tmp')) names.add(name);
          yield '';
        },
      };
      replaceFiles(directory, [{ name: 'rules', pieces }]);
    }
    expect(names.size).toBe(3);
  });

  it.each([
    ['a directory', () => mkdirSync('b'), /"[^"]*\/b" cannot be written: it is a directory/],
    ['a pipe', () => execFileSync('mkfifo', ['b']), /"[^"]*\/b" cannot be written: it is no regular file/],
  ])('replaces nothing when one of the files is %s', (_, make, message) => {
    make();
    writeFileSync('a', 'old');
    const files = ['a', 'b'].map((name) => ({ name, pieces: ['new'] }));
    expect(() => replaceFiles(directory, files)).toThrow(message);
    expect(readFileSync('a', 'utf8')).toBe('old');
    expect(readdirSync('.').sort()).toEqual(['a', 'b']);
  });

  it('puts back what was replaced when another cannot be', () => {
    for (const name of ['a', 'b']) writeFileSync(join(directory, name), 'old');
    mkdirSync(join(directory, 'c'));
    const pieces = function* () {
      yield 'new';
      // Between the check of the file and its replacement.
      rmSync(join(directory, 'b'));
      mkdirSync(join(directory, 'b'));
    };
    const files = [
      { name: 'a', pieces: ['new'] },
      { name: 'd', pieces: ['new'] },
      { name: 'b', pieces: pieces() },
    ];
    expect(() => replaceFiles(directory, files)).toThrow(/b" cannot be written/);
    expect(readFileSync(join(directory, 'a'), 'utf8')).toBe('old');
    expect(readdirSync(directory).sort()).toEqual(['a', 'b', 'c']);
  });

  it('replaces nothing when a text cannot be made', () => {
    writeFileSync('a', 'old');
    const pieces = {
      // biome-ignore lint/correctness/useYield: it ends before there is a piece.
      *[Symbol.iterator](): Generator<string> {
        throw new Error('no text');
      },
    };
    expect(() =>
      replaceFiles(directory, [
        { name: 'a', pieces: ['new'] },
        { name: 'b', pieces },
      ]),
    ).toThrow(/no text/);
    expect(readdirSync('.')).toEqual(['a']);
    expect(readFileSync('a', 'utf8')).toBe('old');
  });
});

describe('directories', () => {
  it('are made with all above them, and may be there', () => {
    makeDirectory('a/b/c');
    makeDirectory('a/b/c');
    expect(statSync('a/b/c').isDirectory()).toBe(true);
  });

  it.each([
    ['/proc, where nothing can be made', '/proc/x/y', /"\/proc\/x\/y" cannot be made: there is no such place/],
    ['a file', 'file', /"file" is a file, not a directory/],
    ['below a file', 'file/x', /"file\/x" cannot be made: a part of the path is a file/],
    ['with a name that is too long', 'x'.repeat(300), /cannot be made: the name is too long/],
    ['a link to nowhere', 'nowhere', /"nowhere" cannot be made: it is there already/],
  ])('cannot be %s', (_, path, message) => {
    writeFileSync('file', '');
    symlinkSync('gone', 'nowhere');
    expect(() => makeDirectory(path)).toThrow(message);
  });

  it.each([
    ['the directory itself', 'link', true],
    ['one above it', 'link/deeper', true],
    ['an absolute path', () => join(directory, 'link'), true],
    ['a link to a place that is not there yet', 'dangling', true],
    ['a link that stays inside', 'inner', false],
    ['no link', 'plain/new', false],
    ['a path outside', () => join(outside, 'new'), false],
    ['a link outside', () => join(outside, 'link'), false],
  ])('for output: a link may not lead out of the current directory: %s', (_, path, refused) => {
    mkdirSync('plain');
    symlinkSync(outside, 'link');
    symlinkSync(join(outside, 'not-yet'), 'dangling');
    symlinkSync('plain', 'inner');
    symlinkSync(directory, join(outside, 'link'));
    const make = () => makeOutputDirectory(typeof path === 'string' ? path : path());
    if (refused) expect(make).toThrow(/is a symbolic link to .*, outside of the current directory/);
    else expect(make).not.toThrow();
    expect(existsSync(join(outside, 'not-yet'))).toBe(false);
  });
});

describe('openInPlace', () => {
  it.each([
    ['a link', () => symlinkSync(join(outside, 'theirs'), 'lock'), /cannot be opened: it is a symbolic link/],
    ['a directory', () => mkdirSync('lock'), /cannot be opened: it is a directory/],
    ['a pipe', () => execFileSync('mkfifo', ['lock']), /is no regular file/],
  ])('refuses %s', (_, make, message) => {
    make();
    expect(() => openInPlace('lock')).toThrow(message);
    expect(existsSync(join(outside, 'theirs'))).toBe(false);
  });
});
