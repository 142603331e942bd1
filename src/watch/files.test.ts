import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it } from '@jest/globals';
import { readSnapshot } from '../read/snapshot.js';
import type { Snapshot } from '../read/types.js';
import { ROOT } from '../testing/cases/cases.js';
import { eventually, pause } from '../testing/run/patience.js';
import { readFiles, watchFiles } from './files.js';
import type { ObjectSource } from './source.js';

const WEB = readFileSync(`${ROOT}fixtures/tour/web/cluster.yaml`, 'utf8');
const directory = mkdtempSync(join(tmpdir(), 'vipc-files-'));
const file = join(directory, 'cluster.yaml');
afterAll(() => rmSync(directory, { recursive: true }));

let source: ObjectSource | undefined;
afterEach(async () => {
  await source?.stop();
  source = undefined;
});

function watch(path = file, namespace?: string) {
  const snapshots: Snapshot[] = [];
  const problems: string[] = [];
  source = watchFiles({
    paths: [path],
    namespace,
    onSnapshot: (snapshot) => snapshots.push(snapshot),
    onProblems: (found) => problems.push(...found.map(({ code }) => code)),
    pollMs: 10,
  });
  return { ready: source.ready, snapshots, problems };
}

it('reads again when the content is another, and only then', async () => {
  writeFileSync(file, WEB);
  const { ready, snapshots, problems } = watch();
  await ready;
  expect(snapshots).toHaveLength(1);
  utimesSync(file, 1, 1);
  await pause(0.06);
  expect(snapshots).toHaveLength(1);
  writeFileSync(file, WEB.replace('10.244.2.6', '10.244.2.7'));
  await eventually('the watch tells', () => snapshots.length === 2);
  expect(JSON.stringify(snapshots[1]?.slices)).toContain('10.244.2.7');
  expect(problems).toEqual([]);
});

it.each([
  ['half a file', WEB.slice(0, WEB.indexOf('clusterIP:') + 3), 'syntax'],
  ['nothing', '', 'empty-snapshot'],
  ['blanks', ' \n\n', 'empty-snapshot'],
  ['an empty List', '{"apiVersion":"v1","kind":"List","items":[]}', 'empty-snapshot'],
  ['what is of no use', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n', 'empty-snapshot'],
  ['what is no object', '- a\n- b\n', 'not-an-object'],
])('stays with what it had: %s', async (_, text, code) => {
  writeFileSync(file, WEB);
  const { ready, snapshots, problems } = watch();
  await ready;
  writeFileSync(file, text);
  await eventually('the watch tells', () => problems.includes(code));
  expect(snapshots).toHaveLength(1);
  writeFileSync(file, `${WEB}# again\n`);
  await eventually('the watch tells', () => snapshots.length === 2);
});

it('waits for files that are not there yet, and follows links that are replaced, as those of a mounted ConfigMap', async () => {
  const link = join(directory, 'link.yaml');
  const { ready, snapshots, problems } = watch(link);
  await eventually('the watch tells', () => problems.includes('not-found'));
  writeFileSync(join(directory, 'one.yaml'), WEB);
  symlinkSync('one.yaml', link);
  await ready;
  writeFileSync(join(directory, 'two.yaml'), WEB.replace('10.244.2.6', '10.244.2.8'));
  rmSync(link);
  symlinkSync('two.yaml', link);
  await eventually('the watch tells', () => snapshots.length >= 2);
  expect(JSON.stringify(snapshots.at(-1)?.slices)).toContain('10.244.2.8');
});

it('says once when the files go away, and again when they do so again', async () => {
  writeFileSync(file, WEB);
  const { ready, snapshots, problems } = watch();
  await ready;
  for (const times of [1, 2]) {
    rmSync(file);
    await eventually('the watch tells', () => problems.filter((code) => code === 'not-found').length === times);
    await pause(0.05);
    writeFileSync(file, `${WEB}# ${times}\n`);
    await eventually('the watch tells', () => snapshots.length === times + 1);
  }
  expect(problems).toEqual(['not-found', 'not-found']);
});

it('passes over what is no file in a directory, and says so; one that is named is an error', async () => {
  const inner = mkdtempSync(join(directory, 'inner-'));
  const fifo = join(inner, 'fifo.yaml');
  execFileSync('mkfifo', [fifo]);
  writeFileSync(join(inner, 'cluster.yaml'), WEB);
  const { ready, snapshots, problems } = watch(inner);
  await ready;
  expect([snapshots.length, problems]).toEqual([1, ['not-a-file']]);
  expect(await readFiles([fifo], {})).toMatchObject({ diagnostics: [{ code: 'unreadable', severity: 'error' }] });
});

it.each([
  ['Services of a clusterset', 'fixtures/clusters/one-dump/dump.yaml', 'services'],
  ['endpoints of Pods', 'fixtures/control-plane/selector/manifests.yaml', 'slices'],
  ['endpoints of Endpoints', 'fixtures/control-plane/no-selector-endpoints/manifests.yaml', 'slices'],
] as const)('adds what compile and apply add: %s', async (_, path, list) => {
  const text = readFileSync(`${ROOT}${path}`, 'utf8');
  writeFileSync(file, text);
  const { ready, snapshots } = watch();
  await ready;
  const there = readSnapshot([{ name: file, text }]).value[list].length;
  expect(snapshots[0]?.[list].length).toBeGreaterThan(there);
});

it('objects that say no namespace belong to the one that is given', async () => {
  writeFileSync(file, WEB.replaceAll('  namespace: default\n', ''));
  const { ready, snapshots } = watch(file, 'shop');
  await ready;
  const namespaces = (list: 'services' | 'slices' | 'nodes') =>
    new Set(snapshots[0]?.[list].map(({ metadata }) => metadata.namespace));
  expect(namespaces('services')).toEqual(new Set(['shop']));
  expect(namespaces('slices')).toEqual(new Set(['shop']));
  expect(namespaces('nodes')).toEqual(new Set(['']));
});
