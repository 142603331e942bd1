/**
 * The library: the package can be imported and type-checked elsewhere, docs/library.md is true, and every module that
 * it imports is pure.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ROOT } from './testing/cases/cases.js';
import { compile, DEFAULT_OPTIONS, readConfig, render, textOf } from './vipc.js';

const WEB = { name: 'cluster.yaml', text: readFileSync(`${ROOT}fixtures/tour/web/cluster.yaml`, 'utf8') };

describe('compile', () => {
  const filesOf = (...args: Parameters<typeof compile>) =>
    Object.fromEntries(compile(...args).value.map((artifact) => [artifact.name, render(textOf(artifact))]));
  const manifests = [{ name: 'm', text: readFileSync(`${ROOT}fixtures/simulate/apache-expose/cluster.yaml`, 'utf8') }];

  it('gives the files of kube-proxy’s default mode', () => {
    expect(Object.keys(filesOf([WEB]))).toEqual(['iptables.rules', 'ip6tables.rules', 'resolved.txt']);
  });

  it('gives those of the mode that a configuration asks for', () => {
    const text = 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: ipvs\n';
    expect(Object.keys(filesOf([WEB], readConfig({ name: 'c', text }).value))).toContain('ipvsadm.rules');
  });

  it('makes up what manifests lack only when asked to', () => {
    expect(filesOf(manifests)['iptables.rules']).not.toContain('apache');
    expect(filesOf(manifests, DEFAULT_OPTIONS, { simulate: true })['iptables.rules']).toContain('10.111.138.208');
  });
});

describe('a package of it', () => {
  const away = mkdtempSync(join(tmpdir(), 'vipc-library-'));
  const run = (program: string, ...args: string[]) =>
    execFileSync(process.execPath, [program, ...args], {
      cwd: away,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const typeCheck = (file: string, types: string) =>
    run(
      `${ROOT}node_modules/typescript/bin/tsc`,
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2023',
      '--lib',
      'es2023',
      '--types',
      types,
      file,
    );

  // As npm would install it, but without the network: its dependencies are links.
  beforeAll(() => {
    const { dependencies } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'));
    const packed = execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', away], {
      cwd: ROOT,
      encoding: 'utf8',
      shell: false,
    });
    mkdirSync(join(away, 'node_modules/vipc'), { recursive: true });
    execFileSync('tar', ['xzf', packed.trim(), '--strip-components=1', '-C', 'node_modules/vipc'], { cwd: away });
    for (const name of [...Object.keys(dependencies), '@types/node', 'undici-types']) {
      mkdirSync(join(away, 'node_modules', dirname(name)), { recursive: true });
      symlinkSync(`${ROOT}node_modules/${name}`, join(away, 'node_modules', name));
    }
    symlinkSync(`${ROOT}fixtures`, join(away, 'fixtures'));
    writeFileSync(join(away, 'package.json'), '{"type": "module"}');
  });
  afterAll(() => rmSync(away, { recursive: true }));

  it('has types that need no other package’s', () => {
    writeFileSync(join(away, 'types.ts'), TYPED);
    expect(typeCheck('types.ts', '')).toBe('');
  });

  it('has types that refuse what is wrong', () => {
    writeFileSync(join(away, 'wrong.ts'), "import { compile } from 'vipc';\ncompile('cluster.yaml');\n");
    expect(() => typeCheck('wrong.ts', '')).toThrow();
  });

  it('exports only documented modules', () => {
    writeFileSync(join(away, 'inner.js'), "import 'vipc/dist/pipeline.js';\n");
    expect(() => run('inner.js')).toThrow(/ERR_PACKAGE_PATH_NOT_EXPORTED/);
  });

  it.each(examples())('does what docs/library.md says, example %#', (code, output) => {
    writeFileSync(join(away, 'example.ts'), code);
    writeFileSync(join(away, 'example.js'), code);
    expect(typeCheck('example.ts', 'node')).toBe('');
    expect(run('example.js')).toBe(output);
  });
});

const TYPED = `import { type Artifact, type Checked, compile, DEFAULT_OPTIONS, type Diagnostic, type How, type Options, render, type Source, textOf } from 'vipc';
const sources: readonly Source[] = [{ name: 'a', text: '' }];
const options: Options = { ...DEFAULT_OPTIONS, mode: 'ipvs' };
const how: How = { skipInvalid: true };
const { value, diagnostics }: Checked<readonly Artifact[]> = compile(sources, options, how);
export const texts: readonly string[] = value.map((artifact) => render(textOf(artifact)));
export const errors: readonly Diagnostic[] = diagnostics;
`;

/** Each block of code in docs/library.md, with its output from the block of text after it. */
function examples(): [code: string, output: string][] {
  const page = readFileSync(`${ROOT}docs/library.md`, 'utf8');
  const found = [...page.matchAll(/```ts\n([^]*?)```\n(?:(?!```)[^])*?```text\n([^]*?)```/g)];
  return found.map(([, code = '', output = '']) => [code, output]);
}

it('docs/library.md has examples', () => expect(examples().length).toBeGreaterThan(1));

/** Packages that are pure. */
const PURE = ['js-yaml', 'diff'];

/** The path of each reached file below src → its imports of any kind. */
const graph = new Map<string, readonly string[]>();
walk('vipc.ts');

describe('it is pure', () => {
  it('reaches the whole compiler', () => {
    expect([...graph.keys()]).toEqual(expect.arrayContaining(['pipeline.ts', 'read/yaml.ts', 'resolve/resolve.ts']));
    expect(graph.size).toBeGreaterThan(100);
  });

  it.each([...graph])('%s', (file, imports) => {
    const packages = imports.filter((name) => !name.endsWith('.ts') && !PURE.includes(name));
    const text = codeOf(file);
    // Names of chains contain a hash of the Service's name.
    const used = [...text.matchAll(/\bcrypto\.(\w+)/g)].map(([, name]) => name);
    expect(used.filter((name) => name !== 'hash' && name !== 'createHash')).toEqual([]);
    expect(packages).toEqual(used.length > 0 ? ['node:crypto'] : []);
    expect(text.match(OUTSIDE)).toBeNull();
  });
});

/** The process, the network, clocks, randomness, and code that is not imported by name. */
const OUTSIDE =
  /\b(?:process\.|globalThis|new Date\(\)|Date\.now|performance\b|Math\.random|randomUUID|randomBytes|set(?:Timeout|Interval|Immediate)\b|queueMicrotask|fetch\(|WebSocket|console\.|require\(|eval\(|new Function|new Worker|import\.meta)/;

function walk(file: string): void {
  if (graph.has(file)) return;
  const imports = importsOf(file);
  graph.set(file, imports);
  for (const name of imports) if (name.endsWith('.ts')) walk(name);
}

/** A file without its comments. */
function codeOf(file: string): string {
  return readFileSync(`${ROOT}src/${file}`, 'utf8').replace(/\/\*[^]*?\*\/|^ *\/\/.*$/gm, '');
}

/** The imports of a file, including types and import(): own files as paths below src, packages by name. */
function importsOf(file: string): readonly string[] {
  const text = codeOf(file);
  const specifiers = /\bfrom '([^']+)'|\bimport\(?\s*'([^']+)'|\bimport\(([^'][^)]*)\)|new URL\(\s*'([^']+)'/g;
  const names = [...text.matchAll(specifiers)].map(([, ...found]) => found.find((each) => each !== undefined) ?? '');
  return [...new Set(names)].map((name) =>
    name.startsWith('.') ? normalize(join(dirname(file), name)).replace(/\.js$/, '.ts') : name,
  );
}
