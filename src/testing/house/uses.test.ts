import { describe, expect, it } from '@jest/globals';
import { usesIn } from './uses.js';

function namesIn(text: string, path = 'src/read/a.ts'): readonly string[] {
  return usesIn(path, text).map(({ name, isType }) => (isType ? `type ${name}` : name));
}

describe('modules', () => {
  it.each<[string, string, readonly string[]]>([
    ['a file of ours', "import { a } from '../ip.js';", ['src/ip.ts']],
    ['a package whose name a folder has', "import { diffArrays } from 'diff';", ['npm:diff']],
    ['the folder of that name', "import { a } from '../diff/plan.js';", ['src/diff/plan.ts']],
    ['a part of a package', "import a from 'fast-check/lib/x.js';", ['npm:fast-check']],
    ['a package of a scope, and a part of it', "import '@a/b'; import '@a/b/c';", ['npm:@a/b', 'npm:@a/b']],
    ['a module of Node', "import { setTimeout } from 'node:timers/promises';", ['node:timers']],
    ['several lines, and quotes of the other kind', 'import {\n  a,\n  b,\n} from "./b.js";', ['src/read/b.ts']],
    ['no semicolon', "import a from './b.js'\nimport b from './c.js'", ['src/read/b.ts', 'src/read/c.ts']],
    ['for its effect', "import './b.js';", ['src/read/b.ts']],
    ['all of it', "import * as all from './b.js';", ['src/read/b.ts']],
    ['types', "import type { A } from './b.js';", ['type src/read/b.ts']],
    ['types among the names', "import { type A, type B } from './b.js';", ['type src/read/b.ts']],
    ['types beside values', "import { type A, b } from './b.js';", ['src/read/b.ts']],
    ['a type in place', "let a: import('./b.js').A;", ['type src/read/b.ts']],
    ['the type of a module', "type A = typeof import('./b.js');", ['type src/read/b.ts']],
    ['exported again', "export { a } from './b.js'; export * from './c.js';", ['src/read/b.ts', 'src/read/c.ts']],
    ['exported again as types', "export type { A } from './b.js';", ['type src/read/b.ts']],
    ['exported again under one name', "export * as b from './b.js';", ['src/read/b.ts']],
    ['dynamically', "const { a } = await import('./b.js');", ['src/read/b.ts']],
    ['dynamically, by a template', 'await import(`./b.js`);', ['src/read/b.ts']],
    ['dynamically, what is made first', "await import('./' + name);", ['computed']],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text
    ['dynamically, a template with a hole', 'await import(`./${name}.js`);', ['computed']],
    ['a worker', "new Worker(new URL('./b.js', import.meta.url), {});", ['src/read/b.ts']],
    ['the URL of a program', "const at = new URL('./b.js', import.meta.url); fork(at);", ['src/read/b.ts']],
    [
      'the URL of a program beside it',
      "spawn(node, [fileURLToPath(new URL('b.js', import.meta.url))]);",
      ['src/read/b.ts'],
    ],
    ['createRequire', "const r = createRequire(import.meta.url); r('js-yaml');", ['npm:js-yaml']],
    ['createRequire, at once', "createRequire(import.meta.url).resolve('js-yaml');", ['npm:js-yaml']],
    ['require', "const a = require('fs');", ['npm:fs']],
    ['TypeScript’s own', "import a = require('./b.js');", ['src/read/b.ts']],
  ])('%s', (_, text, names) => {
    expect(namesIn(text)).toEqual(names);
  });

  it.each<[string, string]>([
    ['a comment', "// import a from './b.js';\n/* export * from './b.js'; */"],
    ['a string', 'const a = "import a from \'./b.js\'"; const b = \'require("x")\';'],
    ['a template', "const a = `import('./b.js')`;"],
    ['an expression', "const a = /import '.\\/b.js'/;"],
    ['the URL of a file that is no program', "new URL('../../package.json', import.meta.url);"],
    ['the URL of a server', "new URL('https://example.com/b.js'); new URL(text);"],
    ['the URL of a folder', "new URL('.', import.meta.url);"],
    ['a method of that name', "loader.import('./b.js'); loader.require('./b.js');"],
    ['an export of its own', 'const a = 1; export { a }; export const b = 2;'],
  ])('none in %s', (_, text) => {
    expect(namesIn(text)).toEqual([]);
  });

  it('of a launcher are those of the sources', () => {
    const text = "#!/usr/bin/env node\nconst { main } = await import('../dist/cli/main.js');\n";
    expect(namesIn(text, 'bin/start.js')).toEqual(['src/cli/main.ts']);
  });

  it.each<[string, string, readonly string[] | undefined]>([
    ['by name', "import { createHash as h } from 'node:crypto';", ['createHash']],
    ['by member', "import * as c from 'node:crypto'; c.hash('sha256', c.a.b);", ['hash', 'a']],
    ['all that is handed on', "import * as c from 'node:crypto'; f(c);", undefined],
    ['by a name that is made', "import * as c from 'node:crypto'; c[name]();", undefined],
    ['all', "import c from 'node:crypto';", undefined],
  ])('tell what is used of them: %s', (_, text, parts) => {
    expect(usesIn('src/a.ts', text).map((use) => use.parts)).toEqual([parts]);
  });
});

describe('globals', () => {
  it.each<[string, string, readonly string[]]>([
    ['the time', 'Date.now(); new Date(); Date();', ['Date.now', 'Date()', 'Date()']],
    ['the time, handed on', 'const now = Date.now; f(Date);', ['Date.now', 'Date()']],
    ['the time, by a name in brackets', "Date['now'](); Date[key]();", ['Date.now', 'Date.now']],
    ['a clock', 'performance.now();', ['performance']],
    ['a timer', 'setTimeout(f, 1); setInterval(f, 1);', ['setTimeout', 'setInterval']],
    ['chance', 'Math.random(); crypto.randomUUID();', ['Math.random', 'crypto']],
    ['chance, taken apart', 'const { random } = Math;', ['Math.random']],
    ['the process', 'process.env.HOME;', ['process']],
    ['a connection', "fetch('x'); globalThis.fetch('x');", ['fetch', 'globalThis']],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text
    ['in a template', 'const a = `at ${Date.now()}`;', ['Date.now']],
    ['in a default', 'function f(now = Date.now()) {}', ['Date.now']],
    ['in short', 'const a = { process };', ['process']],
  ])('%s', (_, text, names) => {
    expect(namesIn(text)).toEqual(names.map((name) => `global:${name}`));
  });

  it.each<[string, string]>([
    ['a date that is given', 'new Date(0); Date.parse(text); Date.UTC(2000); a instanceof Date;'],
    ['arithmetic', 'Math.max(1, 2);'],
    ['a name that is bound', 'function f(process, { performance }) { return process.a + performance.now; }'],
    ['a member', 'a.process; a.fetch(); a.Date.now();'],
    ['a key', 'const a = { process: 1, setTimeout() {} };'],
    ['an import of that name', "import { setTimeout } from './b.js'; setTimeout();"],
    ['a type', 'let a: Date; interface B { c: typeof process; now: Date }'],
    ['a comment or a string', "// Date.now()\nconst a = 'process.exit()';"],
  ])('none in %s', (_, text) => {
    expect(namesIn(text).filter((name) => name.startsWith('global:'))).toEqual([]);
  });
});
