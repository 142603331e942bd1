/**
 * What vipc prints beside what kubectl prints, of the same objects: ages, tables, descriptions, objects read back.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { loadAll } from 'js-yaml';
import { AS_IT_IS } from '../complete/complete.js';
import { readCluster } from '../front.js';
import { sorted } from '../order.js';
import { keyOf, type Service } from '../read/types.js';
import { tableOf } from '../table.js';
import { type Kubectl, startKubectl } from '../testing/api-client/kubectl.js';
import { ROOT } from '../testing/cases/cases.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { vipc } from '../testing/run/vipc.js';
import { ageOf } from './age.js';
import { labelsText } from './columns.js';
import { describeService } from './describe.js';
import { apiObject } from './object.js';
import { printDescription, printServices } from './print.js';

const describeKernel = await describeInKernel();

const FILE = `${ROOT}fixtures/look/service-types/manifests.yaml`;
const { value: snapshot } = readCluster([{ name: FILE, text: readFileSync(FILE, 'utf8') }], { completion: AS_IT_IS });

describeKernel('kubectl', () => {
  let kubectl: Kubectl;

  beforeAll(async () => {
    kubectl = await startKubectl();
    for (const service of snapshot.services) kubectl.server.put(apiObject(service));
    for (const { metadata, addressType, endpoints, ports } of snapshot.slices) {
      const identity = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' };
      kubectl.server.put({ ...identity, metadata, addressType, endpoints, ports });
    }
  });
  afterAll(() => kubectl?.close());

  const SERVICES = new Map(sorted(snapshot.services).map((service) => [keyOf(service), service]));

  it.each([...SERVICES.keys()])('describes %s alike', async (key) => {
    const service = SERVICES.get(key) as Service;
    const { name, namespace } = service.metadata;
    const theirs = await kubectl.output('describe', 'service', '-n', namespace, name);
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
    for (const service of services) kubectl.server.put(service);
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
    const theirs = (await kubectl.output('get', 'services', '-n', 'ages', '--show-labels')).trimEnd();
    // A second may pass meanwhile.
    expect([before, table(Date.now())]).toContain(theirs);
  });

  it.each([[['-A']], [['svc/web']]])('reads back what get %j prints', async (args) => {
    const { stdout } = await vipc(['get', FILE, ...args, '-o', 'yaml']);
    const argv = ['create', '--dry-run=client', '--validate=false', '-o', 'yaml'];
    const back = await kubectl.output(...argv, '-f', kubectl.file('back.yaml', stdout));
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
});
