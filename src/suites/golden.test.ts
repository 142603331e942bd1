/**
 * Goldens: the compiled files of every case of fixtures/, kept under the same path in golden/. `npm run golden`
 * rewrites them; the review is `git diff`. CI never writes.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { format, inOrder } from '../cli/report.js';
import { type Diagnostic, hasErrors } from '../diag.js';
import { compile, textOf } from '../pipeline.js';
import { locate } from '../read/locate.js';
import { type Case, caseInput, cases, ROOT } from '../testing/cases/cases.js';
import { render } from '../text.js';

const GOLDEN = `${ROOT}golden`;
const WRITE = process.env['GOLDEN'] === 'write' && !process.env['CI'];

/** The output of a case in a mode: artifacts, and diagnostics about the input. */
function goldens(
  found: Case,
  mode: string,
  layout?: string,
): { files: Map<string, string>; diagnostics: readonly Diagnostic[] } {
  const { sources, options, completion } = caseInput(found);
  const { value, diagnostics } = compile(sources, { ...options, mode }, { completion, layout });
  const files = new Map(value.map((artifact) => [artifact.name, render(textOf(artifact))]));
  const lines = inOrder(diagnostics).flatMap((diagnostic) => [...format(diagnostic, (_, text) => text), '']);
  if (lines.length > 0) files.set('diagnostics.txt', lines.join('\n'));
  return { files, diagnostics };
}

/** The modes whose files go into a folder of that name. */
const IN_FOLDER = ['ipvs', 'nftables', 'userspace'];

/** The cases whose rules in userspace mode are kept as well: its rules have few forms. */
const IN_USERSPACE = /^(?:packets|conformance)\/(?!random|ipvs|ipv6-session|masquerade|nodeport-addresses)/;

function inFolder(mode: string, files: ReadonlyMap<string, string>): readonly (readonly [string, string])[] {
  return [...files].map(([name, text]) => [IN_FOLDER.includes(mode) ? `${mode}/${name}` : name, text] as const);
}

/** Of layout fast of a mode, the files that it changes. */
function ofFastLayout(found: Case, mode: string): readonly (readonly [string, string])[] {
  const { files } = goldens(found, mode, 'fast');
  return [...files].flatMap(([name, text]) =>
    name.endsWith('.rules') ? [[`${mode}-fast/${name}`, text] as const] : [],
  );
}

/** The cases with goldens of layout fast of iptables mode; verify holds the layouts against each other in all cases. */
const FAST = [
  'clusterip-no-endpoints',
  'ipv6-session-affinity',
  'loadbalancer-source-ranges',
  'masquerade-all',
  'nodeport-local',
  'random-02',
  'tree',
];

describe.each(cases())('$name: $about', (found) => {
  const { sources, options } = caseInput(found);
  const mode = options.mode || 'iptables';
  const own = goldens(found, mode);
  const { diagnostics } = own;
  // A case of another mode is only about that; input with errors has them in every mode.
  const others =
    mode === 'iptables' && !hasErrors(diagnostics)
      ? IN_FOLDER.filter((each) => each !== 'userspace' || IN_USERSPACE.test(found.name))
      : [];
  const files = new Map([
    ...inFolder(mode, own.files),
    ...others.flatMap((each) => inFolder(each, goldens(found, each).files)),
    ...(mode === 'nftables' || others.includes('nftables') ? ofFastLayout(found, 'nftables') : []),
    ...(mode === 'iptables' && FAST.includes(basename(found.name)) ? ofFastLayout(found, 'iptables') : []),
  ]);
  const directory = `${GOLDEN}/${found.name}`;

  if (WRITE) {
    rmSync(directory, { recursive: true, force: true });
    for (const [name, text] of files) {
      mkdirSync(dirname(`${directory}/${name}`), { recursive: true });
      writeFileSync(`${directory}/${name}`, text);
    }
  }

  it('says what it is about', () => expect(found.about).toMatch(/^[A-Za-z].{20,}/));

  it('has exactly the goldens it makes', () => {
    expect(filesIn(directory)).toEqual([...files.keys()].sort());
  });

  it.each([...files.keys()])('%s is as it was', (name) => {
    expect(files.get(name)).toBe(readFileSync(`${directory}/${name}`, 'utf8'));
  });

  it('has errors just where its lines say ~ERROR', () => {
    const expected = sources.flatMap(({ text }) =>
      text.split('\n').flatMap((line, i) => {
        const [, code] = /# ~ERROR (\S+)/.exec(line) ?? [];
        return code === undefined ? [] : [`${i + 1} ${code}`];
      }),
    );
    const found = diagnostics
      .filter(({ severity }) => severity === 'error')
      .map(({ origin, code }) => `${origin ? locate(origin).line : 0} ${code}`);
    expect([...new Set(found)].sort()).toEqual(expected.sort());
  });
});

/** Paths of the files below a directory. */
function filesIn(directory: string): readonly string[] {
  if (!existsSync(directory)) return [];
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => relative(directory, `${parentPath}/${name}`)).sort();
}

describe('golden/', () => {
  it('has no directory without a case', () => {
    // Other topics have tests of their own.
    const topics = new Set(cases().map(({ name }) => dirname(name)));
    const directories = [...topics].flatMap((topic) =>
      readdirSync(`${GOLDEN}/${topic}`).map((name) => `${topic}/${name}`),
    );
    expect(directories.sort()).toEqual(
      cases()
        .map(({ name }) => name)
        .sort(),
    );
  });
});
