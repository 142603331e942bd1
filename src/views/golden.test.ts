/**
 * Goldens of get, describe and lint: their output for every case of fixtures/look, kept under the same path in golden/.
 * GOLDEN=write rewrites them; the review is `git diff`. CI never writes.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { describer } from '../cli/describe.js';
import { format, inOrder } from '../cli/report.js';
import { AS_IT_IS } from '../complete/complete.js';
import type { Diagnostic } from '../diag.js';
import { readCluster } from '../front.js';
import { DEFAULT_OPTIONS } from '../options.js';
import { sorted } from '../order.js';
import { readSnapshot } from '../read/snapshot.js';
import { type EndpointSlice, keyOf, type Snapshot, serviceOf } from '../read/types.js';
import { ROOT } from '../testing/cases/cases.js';
import { servicesTable } from './get.js';
import { apiObject, listOf, sliceObject } from './object.js';
import { printDescription, printServices } from './print.js';
import { toYaml } from './yaml.js';

const NOW = Date.parse('2026-06-01T12:00:00Z');
const WRITE = process.env['GOLDEN'] === 'write' && !process.env['CI'];

const CASES = readdirSync(`${ROOT}fixtures/look`).sort();

/** The cluster of a case, and its diagnostics. */
function clusterOf(name: string) {
  const file = `fixtures/look/${name}/manifests.yaml`;
  const source = { name: file, text: readFileSync(`${ROOT}${file}`, 'utf8') };
  const simulate = name.startsWith('simulated');
  const completion = { ...AS_IT_IS, simulate, allocate: simulate, nodes: simulate ? 2 : 0 };
  const { value: snapshot, diagnostics: said } = readCluster([source], { completion });
  const diagnostics = said.filter(({ synthetic }) => !synthetic);
  return { about: source.text.split('\n', 1)[0] ?? '', snapshot, diagnostics };
}

function described(snapshot: Snapshot, said: readonly Diagnostic[]): string {
  const describe = describer(snapshot, said, DEFAULT_OPTIONS);
  const parts = sorted(snapshot.services).map((service) => [...printDescription(describe(service)), ''].join('\n'));
  return parts.join('\n\n');
}

/** A slice without its origin. */
function plain({ addressType, ports, endpoints, metadata }: EndpointSlice) {
  const { name, namespace, labels } = metadata;
  return {
    name,
    namespace,
    labels,
    addressType,
    ports,
    endpoints: endpoints.map(({ pod: _, simulated: __, ...endpoint }) => endpoint),
  };
}

describe.each(CASES)('%s', (name) => {
  const { about, snapshot, diagnostics } = clusterOf(name);
  const services = sorted(snapshot.services);
  const names = new Set(services.map(keyOf));
  const slices = snapshot.slices.filter((slice) => names.has(serviceOf(slice) ?? ''));
  const style = { wide: false, namespaces: true, labels: false };
  const wide = { ...style, wide: true, labels: true };
  const text = (lines: readonly string[]) => `${lines.join('\n')}\n`;
  const said = inOrder(diagnostics).flatMap((diagnostic) => [...format(diagnostic, (_, part) => part), '']);
  const files = new Map([
    ['get.txt', text(printServices(servicesTable(snapshot, services, style, NOW), true))],
    ['get-wide.txt', text(printServices(servicesTable(snapshot, services, wide, NOW), true))],
    ['get.yaml', toYaml(listOf(services.map(apiObject)))],
    ['describe.yaml', toYaml(listOf([...services.map(apiObject), ...slices.map(sliceObject)]))],
    ['describe.txt', described(snapshot, diagnostics)],
    ...(said.length > 0 ? [['diagnostics.txt', said.join('\n')] as const] : []),
  ]);
  const directory = `${ROOT}golden/look/${name}`;
  if (WRITE) {
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true });
    for (const [file, content] of files) writeFileSync(`${directory}/${file}`, content);
  }

  it('says what it is about', () => expect(about).toMatch(/^# [A-Z].{20,}/));

  it('has exactly the goldens it makes', () => {
    expect(existsSync(directory) ? readdirSync(directory).sort() : []).toEqual([...files.keys()].sort());
  });

  it('prints objects that read back as they were', () => {
    const { value, diagnostics } = readSnapshot([{ name: 'describe.yaml', text: files.get('describe.yaml') ?? '' }]);
    expect(diagnostics).toEqual([]);
    expect(value.slices.map(plain)).toEqual(slices.map(plain));
    expect(value.services.map(({ spec }) => spec)).toEqual(services.map(({ spec }) => spec));
  });

  it.each([...files.keys()])('%s is as it was', (file) => {
    expect(files.get(file)).toBe(readFileSync(`${directory}/${file}`, 'utf8'));
  });
});

it('has no golden without a case', () => expect(readdirSync(`${ROOT}golden/look`).sort()).toEqual(CASES));
