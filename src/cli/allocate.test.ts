/**
 * vipc allocate: the cases of fixtures/allocate against golden/allocate, and its command line. GOLDEN=write rewrites
 * the goldens, never in CI.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ROOT } from '../testing/cases/cases.js';
import { vipc } from '../testing/run/vipc.js';

const FIXTURES = `${ROOT}fixtures/allocate`;
const GOLDEN = `${ROOT}golden/allocate`;
const WRITE = process.env['GOLDEN'] === 'write' && !process.env['CI'];

const CASES = readdirSync(FIXTURES)
  .sort()
  .map((name) => ({
    name,
    file: readdirSync(`${FIXTURES}/${name}`).find((file) => file.startsWith('manifests.')) ?? '',
  }));

/** Standard output and standard error of a case as golden files, with the input's path in the repository. */
async function goldens(name: string, file: string): Promise<Readonly<Record<string, string>>> {
  const { stdout, stderr } = await vipc(['allocate', '-v', `${FIXTURES}/${name}/${file}`]);
  const output = file.replace('manifests', 'allocate');
  return {
    ...(stdout === '' ? {} : { [output]: stdout }),
    'diagnostics.txt': stderr.replaceAll(ROOT, ''),
  };
}

describe.each(CASES)('$name', ({ name, file }) => {
  const directory = `${GOLDEN}/${name}`;
  let files: Readonly<Record<string, string>> = {};
  beforeAll(async () => {
    files = await goldens(name, file);
    if (!WRITE) return;
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true });
    for (const [output, text] of Object.entries(files)) writeFileSync(`${directory}/${output}`, text);
  });

  it('has exactly the goldens it makes', () => {
    expect(existsSync(directory) ? readdirSync(directory).sort() : []).toEqual(Object.keys(files).sort());
  });

  it('prints what it did', () => {
    for (const [output, text] of Object.entries(files))
      expect(text).toBe(readFileSync(`${directory}/${output}`, 'utf8'));
  });

  it('changes nothing a second time', async () => {
    const [[output = '', text = ''] = []] = Object.entries(files);
    if (output === 'diagnostics.txt') return;
    const again = await vipc(['allocate'], text);
    expect(again).toMatchObject({ code: 0, stdout: text, stderr: 'nothing to allocate\n' });
  });
});

describe('vipc allocate', () => {
  const directory = mkdtempSync(join(tmpdir(), 'vipc-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  const service = (name: string, spec = '') =>
    `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\nspec:\n  ports: [{port: 80}]\n${spec}`;
  const web = (ip: string) => service('web').replace('spec:', `spec:\n  clusterIP: ${ip} # synthetic`);
  const ONE = 'allocated 1 cluster IP for 1 Service, marked as synthetic (-v says which and why)\n';

  it.each([
    ['the default range', [], '10.106.12.127'],
    ['a range', ['--service-cidr', '10.9.0.0/16'], '10.9.196.27'],
    ['ranges of both families', ['--service-cidr', 'fd09::/112,10.9.0.0/16'], '"fd09::3024"'],
  ])('takes addresses of %s', async (_, flags, ip) => {
    expect(await vipc(['allocate', ...flags], service('web'))).toEqual({ code: 0, stdout: web(ip), stderr: ONE });
  });

  it('takes node ports of a range', async () => {
    const flags = ['--service-node-port-range', '40000-40099'];
    const { stdout, stderr } = await vipc(['allocate', ...flags], service('web', '  type: NodePort\n'));
    expect(stdout).toContain('nodePort: 40042, # synthetic');
    expect(stderr).toBe(
      'allocated 1 cluster IP and 1 node port for 1 Service, marked as synthetic (-v says which and why)\n',
    );
  });

  it('prints several files as one stream, in their order, with marks between them', async () => {
    const texts = [
      '# one\n---\nkind: A\napiVersion: a/v1',
      `# two\n${service('web')}`,
      `--- # three\n${service('b')}`,
      '%YAML 1.2\n---\nkind: C\napiVersion: c/v1\n',
    ];
    const paths = texts.map((_, i) => join(directory, `${i}.yaml`));
    for (const [i, text] of texts.entries()) writeFileSync(paths[i] ?? '', text);
    const { code, stdout } = await vipc(['allocate', ...paths]);
    const b = service('b').replace('spec:', 'spec:\n  clusterIP: 10.104.58.214 # synthetic');
    expect(stdout).toBe(`${texts[0]}\n---\n# two\n${web('10.106.12.127')}--- # three\n${b}...\n${texts[3]}`);
    expect(code).toBe(0);
    expect(await vipc(['allocate'], stdout)).toMatchObject({ code: 0, stdout, stderr: 'nothing to allocate\n' });
  });

  it.each([
    ['an invalid object', 'kind: Service\napiVersion: v1\nmetadata: {name: A}\n', [], 1, /metadata.name must be/],
    ['nothing at all', '', [], 1, /the input holds no Kubernetes object/],
    [
      'a node port outside of a range',
      service('web', '  type: NodePort\n').replace('80', '80, nodePort: 80'),
      ['--service-node-port-range', '30000-32767'],
      1,
      /node port 80, and the cluster's are 30000-32767/,
    ],
    ['a range that is none', service('web'), ['--service-cidr', '10.0.0.0'], 2, /--service-cidr must be a network/],
  ])('prints nothing for %s', async (_, text, flags, code, message) => {
    const result = await vipc(['allocate', ...flags], text);
    expect(result).toMatchObject({ code, stdout: '' });
    expect(result.stderr).toMatch(message);
  });

  it('leaves invalid objects as they are when asked to', async () => {
    const bad = 'kind: Service\napiVersion: v1\nmetadata: {name: A}\n';
    const { code, stdout } = await vipc(['allocate', '--skip-invalid'], `${bad}---\n${service('web')}`);
    expect([code, stdout]).toEqual([0, `${bad}---\n${web('10.106.12.127')}`]);
  });

  it('has help with an example that works', async () => {
    const { stdout } = await vipc(['allocate', '--help']);
    const [, example = ''] = /^ {2}vipc (allocate \S+)$/m.exec(stdout) ?? [];
    expect(await vipc(example.split(' '))).toMatchObject({ code: 0, stderr: 'nothing to allocate\n' });
  });
});
