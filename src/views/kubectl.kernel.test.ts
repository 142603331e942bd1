/**
 * vipc's output compared with kubectl's for the same objects: ages, tables, descriptions, selectors and their errors,
 * objects read back; and vipc as a kubectl plugin.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { loadAll } from 'js-yaml';
import { localHost } from '../apply/host.js';
import { AS_IT_IS } from '../complete/complete.js';
import { readCluster } from '../front.js';
import { sorted } from '../order.js';
import { keyOf, type Service } from '../read/types.js';
import { tableOf } from '../table.js';
import { type ApiServer, startApiServer } from '../testing/api-server.js';
import { ROOT } from '../testing/cases/cases.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { often, sample } from '../testing/run/extent.js';
import { vipc } from '../testing/run/vipc.js';
import { ageOf } from './age.js';
import { labelsText } from './columns.js';
import { describeService } from './describe.js';
import { apiObject } from './object.js';
import { printDescription, printServices } from './print.js';
import { matches, parseSelector } from './selector.js';

const describeKernel = await describeInKernel();

const FILE = `${ROOT}fixtures/look/service-types/manifests.yaml`;
const { value: snapshot } = readCluster([{ name: FILE, text: readFileSync(FILE, 'utf8') }], { completion: AS_IT_IS });

describeKernel('kubectl', () => {
  let directory = '';
  let server: ApiServer;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'vipc-'));
    server = await startApiServer();
    writeFileSync(join(directory, 'config'), server.kubeconfig());
    for (const service of snapshot.services) server.put(apiObject(service));
    for (const { metadata, addressType, endpoints, ports } of snapshot.slices) {
      const identity = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' };
      server.put({ ...identity, metadata, addressType, endpoints, ports });
    }
  });
  afterAll(async () => {
    await server.close();
    rmSync(directory, { recursive: true });
  });

  const run = (args: readonly string[]) =>
    localHost().run(['kubectl', '--kubeconfig', join(directory, 'config'), '--cache-dir', directory, ...args]);

  async function kubectl(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await run(args);
    if (code !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
    return stdout;
  }

  const SERVICES = new Map(sorted(snapshot.services).map((service) => [keyOf(service), service]));

  it.each([...SERVICES.keys()])('describes %s alike', async (key) => {
    const service = SERVICES.get(key) as Service;
    const { name, namespace } = service.metadata;
    const theirs = await kubectl('describe', 'service', '-n', namespace, name);
    const [ours = ''] = printDescription(describeService(snapshot, service)).join('\n').split('\n\n');
    // kubectl prints the last field since 1.33, and requests events.
    const lines = (text: string) =>
      text
        .replaceAll(' (synthetic)', '')
        .split('\n')
        .map((line) => line.trimEnd())
        .filter((line) => line !== '' && !/^(Events|Traffic Distribution):/.test(line));
    expect(lines(ours)).toEqual(lines(theirs));
  });

  it('shows the same ages, aligned in the same way', async () => {
    const ages = [20_000, 100_000, 185_000, 620_000, 11e6, 26e6, 1e8, 3e8, 9e8, 4e10, 8e10, 2e11, 4e11];
    const services = ages.map((age, i) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {
        name: `age-${String(i).padStart(2, '0')}${'x'.repeat(i * 3)}`,
        namespace: 'ages',
        labels: { i: `${i}`, app: 'x' },
        creationTimestamp: new Date(Date.now() - age).toISOString().replace(/\.\d+Z$/, 'Z'),
      },
    }));
    for (const service of services) server.put(service);
    const table = (now: number) =>
      printServices(
        tableOf(
          [
            { title: 'NAME', cell: ({ metadata }) => metadata.name },
            { title: 'AGE', cell: ({ metadata }) => ageOf(metadata.creationTimestamp, now) },
            { title: 'LABELS', cell: ({ metadata }) => labelsText(metadata.labels) },
          ],
          services,
        ),
        true,
      ).join('\n');
    const before = table(Date.now());
    const theirs = (await kubectl('get', 'services', '-n', 'ages', '--show-labels')).trimEnd();
    // A second may pass between the two.
    expect([before, table(Date.now())]).toContain(theirs);
  });

  describe('-l', () => {
    const OBJECTS = [{}, { x: '1' }, { x: '10', y: '' }, { x: 'a', in: 'notin' }, { y: 'b', 'a.b/c': 'd' }].map(
      (labels, i) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: `s${i}`, labels } }),
    );

    beforeAll(() => {
      writeFileSync(join(directory, 'labels.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items: OBJECTS }));
    });

    /** Names that kubectl selects, or why it does not. */
    async function theirs(selector: string): Promise<string> {
      const argv = [
        'create',
        '--dry-run=client',
        '--validate=false',
        '-o',
        'name',
        '-f',
        join(directory, 'labels.json'),
      ];
      const { stdout, stderr } = await run([...argv, `--selector=${selector}`]);
      if (/no objects passed to create/.test(stderr)) return '';
      const [, why] = /is not valid: (.*)/.exec(stderr) ?? [];
      return why ?? stdout.trim().replaceAll('service/', '').replaceAll('\n', ' ');
    }

    function ours(selector: string): string {
      const parsed = parseSelector(selector);
      if ('problem' in parsed) return parsed.problem;
      const found = OBJECTS.filter(({ metadata }) => matches(parsed, metadata.labels as Record<string, string>));
      return found.map(({ metadata }) => metadata.name).join(' ');
    }

    const selectors = [
      'x',
      '!x',
      'x=1',
      'x==1',
      'x!=1',
      'x>1',
      'x<5',
      'x in (1,a)',
      'x notin (1,a),y',
      'y in ()',
      'y=',
      'in=notin',
      'in in (notin)',
      'a.b/c=d',
      'x notin (, a)',
      '\tx , y',
      'a in',
      'x==a==b',
      '!x=a',
      ',x',
      'x,',
      'x,,y',
      'x nott in (y)',
      'a in (xyz abc)',
      'a notin(',
      'a (',
      '(',
      'a in (xyz)b notin ()',
      '=a',
      '!',
      '!!a',
      'x=a b',
      'x in ((a))',
      'x ! y',
      'x in (a',
      'x in (a=)',
      'x in a',
      '<>',
      'x=(',
      'x !',
      'x===y',
      'x=!y',
      'x in (a,,b',
      'x in (a,',
      'x in (,',
      'x in (,=)',
      '!x in (a)',
      'x=a)',
      'x!y',
    ];

    it.each(sample(selectors, 16))('%j', async (selector) => expect(ours(selector)).toBe(await theirs(selector)));

    it('whatever is typed', async () => {
      const piece = fc.constantFrom(
        'x',
        'y',
        ' in ',
        ' notin ',
        '(',
        ')',
        ',',
        '=',
        '==',
        '!=',
        '!',
        '1',
        '>',
        '<',
        ' ',
        'a',
      );
      await fc.assert(
        fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 8 }), async (pieces) => {
          const selector = pieces.join('');
          const words = (text: string) =>
            text.replace(/values\[0\]: Invalid.*|"\S*" is no whole number.*/, 'no number');
          expect(words(ours(selector))).toBe(words(await theirs(selector)));
        }),
        { numRuns: often(8, 40) },
      );
    });
  });

  it.each([[['-A']], [['svc/web']]])('reads back what get %j prints', async (args) => {
    const { stdout } = await vipc(['get', FILE, ...args, '-o', 'yaml']);
    writeFileSync(join(directory, 'back.yaml'), stdout);
    const back = await kubectl(
      'create',
      '--dry-run=client',
      '--validate=false',
      '-o',
      'yaml',
      '-f',
      join(directory, 'back.yaml'),
    );
    expect(objects(back)).toEqual(objects((await vipc(['get', FILE, ...args, '-o', 'json'])).stdout));
  });

  /** All objects of documents and Lists, without the annotation in which kubectl stores its input. */
  function objects(text: string): readonly unknown[] {
    const documents = loadAll(text) as readonly { readonly items?: readonly unknown[] }[];
    const withoutLastApplied = (key: string, value: unknown) =>
      key === 'kubectl.kubernetes.io/last-applied-configuration' ? undefined : value;
    const all = documents.flatMap((document) => document.items ?? [document]);
    return JSON.parse(JSON.stringify(all, withoutLastApplied)) as readonly unknown[];
  }

  describe('plugin', () => {
    const PLUGIN = `${ROOT}bin/kubectl-vipc.js`;
    let env: Record<string, string> = {};

    beforeAll(() => {
      mkdirSync(join(directory, 'bin'));
      symlinkSync(PLUGIN, join(directory, 'bin', 'kubectl-vipc'));
      env = { ...process.env, PATH: `${join(directory, 'bin')}:${process.env['PATH']}` };
    });

    const command = (...argv: readonly [string, ...string[]]) =>
      execFileSync(argv[0], argv.slice(1), { env, cwd: ROOT, encoding: 'utf8', stdio: 'pipe' });

    it('is found', () =>
      expect(command('kubectl', 'plugin', 'list')).toContain(join(directory, 'bin', 'kubectl-vipc')));

    it.each([
      [['get', 'svc', 'db', 'billing', 'fixtures/look/service-types', '-o', 'wide']],
      [['describe', 'svc/web', 'fixtures/look/service-types']],
      [['compile', 'fixtures/tour/web']],
    ])('kubectl vipc %j is vipc', (args) => {
      const ours = command(process.execPath, `${ROOT}bin/vipc.js`, ...args);
      expect(command('kubectl', 'vipc', ...args)).toBe(ours);
      expect(ours).not.toBe('');
    });

    it('has its name in the help, wherever a command line is', () => {
      const help = command('kubectl', 'vipc', 'get', '--help');
      expect(help).toMatch(/^Usage: kubectl vipc get /);
      expect(help.match(/(?<!kubectl )\bvipc (get|compile)/g)).toBeNull();
      expect(help).toMatch(/^ {2}kubectl vipc get /m);
      expect(help).toMatch(/\| kubectl vipc get -A$/m);
    });
  });
});
