/**
 * write: a written text reads back as the same cluster with the missing values, and is otherwise unchanged. For all
 * fixtures with their values removed, and for random clusters in any layout.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dump } from 'js-yaml';
import { allocate } from '../complete/allocate.js';
import { AS_IT_IS } from '../complete/complete.js';
import { hasErrors, type Source } from '../diag.js';
import { readSnapshot } from '../read/snapshot.js';
import { type Service, type Snapshot, SYNTHETIC_ANNOTATION } from '../read/types.js';
import { cases } from '../testing/cases/cases.js';
import { type ApiObject, snapshots } from '../testing/random/snapshots.js';
import { often } from '../testing/run/extent.js';
import { writeServices } from './write.js';

interface Written {
  readonly before: Snapshot;
  readonly after: readonly Service[];
  readonly texts: readonly string[];
}

/** Undefined when the text cannot be read, or a Service gets no value. */
function write(sources: readonly Source[]): Written | undefined {
  const { value: before, diagnostics } = readSnapshot(sources);
  const { value: after, diagnostics: found } = allocate(before, { ...AS_IT_IS, allocate: true });
  if (hasErrors([...diagnostics, ...found])) return undefined;
  const { value: texts, diagnostics: trouble } = writeServices(sources, before.services, after);
  expect(trouble.filter(({ severity }) => severity === 'error')).toEqual([]);
  return { before, after, texts };
}

/** Services without origins and without the annotation of JSON. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, each) => (key === 'origin' || key === SYNTHETIC_ANNOTATION ? undefined : each)),
  );
}

/** Whether `text` is in `longer`, with other text in between. */
function isWithin(text: string, longer: string): boolean {
  let at = 0;
  for (const character of text) {
    at = longer.indexOf(character, at) + 1;
    if (at === 0) return false;
  }
  return true;
}

/** Fields of a line, or of the start of a line in braces, that are marked. */
const MADE =
  /(?:clusterIPs?|nodePort|healthCheckNodePort|ipFamil\w+): (?:\[[^\]]*\]|"[^"]*"|[^,\s\]}]+),? # synthetic.*$/gm;

function check(sources: readonly Source[]): number {
  const written = write(sources);
  if (!written) return 0;
  const { before, after, texts } = written;
  const again = sources.map(({ name }, i) => ({ name, text: texts[i] ?? '' }));
  const { value: read, diagnostics } = readSnapshot(again);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);

  // The same cluster, except for the added values.
  const { services: old, ...others } = before;
  const { services, ...rest } = read;
  expect(plain(rest)).toEqual(plain(others));
  const filled = old.map((service, i) => withValues(service, after[i] ?? service));
  expect(plain(services)).toEqual(plain(filled));

  // Nothing is missing any more, and allocation gives the same Services.
  const allocated = allocate(read, { ...AS_IT_IS, allocate: true });
  expect(allocated.diagnostics.filter(({ code }) => code === 'allocated')).toEqual([]);
  expect(plain(allocated.value)).toEqual(plain(after.map(({ allocated: _, ...service }) => service)));
  expect(writeServices(again, services, allocated.value).value).toEqual(texts);

  // No text is lost except empty values; without the marked lines, the text is as before.
  for (const [i, { text }] of sources.entries()) {
    const written = texts[i] ?? '';
    if (!EMPTY.test(text)) expect(isWithin(text, written)).toBe(true);
    if (!EMPTY.test(text) && !/^\s*[[{]/.test(text)) expect(unpadded(written.replace(MADE, ''))).toBe(unpadded(text));
  }

  // Each synthetic value is marked, and all old lines are kept.
  const made = after.filter(({ allocated }) => allocated);
  if (made.length === 0) expect(texts).toEqual(sources.map(({ text }) => text));
  else expect(texts.join('')).toMatch(/# synthetic|"vipc\/synthetic"/);
  return made.length;
}

const EMPTY = /(?:clusterIPs?|ipFamilies|nodePort)"?: ?(?:""|''|\[\]|null|~|0\b|$)/m;

function unpadded(text: string): string {
  return text.replace(/[ \r\n]+/g, '');
}

function withValues(service: Service, { spec }: Service): Service {
  const more = service.spec.clusterIPs.length < spec.clusterIPs.length && spec.clusterIPs.length > 1;
  const { clusterIPs, ports, healthCheckNodePort, ipFamilies, ipFamilyPolicy } = spec;
  const families = more && ipFamilyPolicy ? { ipFamilies, ipFamilyPolicy } : {};
  return { ...service, spec: { ...service.spec, clusterIPs, ports, healthCheckNodePort, ...families } };
}

const FIXTURES = cases().map(({ name, directory }) => ({
  name,
  text: readFileSync(`${directory}cluster.yaml`, 'utf8'),
}));

/** Fields on their own line, with the items of a list, and fields of a flow mapping. */
const GIVEN =
  /^ *(?:clusterIPs?|nodePort|healthCheckNodePort):.*\n(?: *- "?(?:None|[\da-f.:]+)"?\n)*|\b(?:clusterIPs?|nodePort|healthCheckNodePort): (?:\[[^\]]*\]|"[^"]*"|[^,}\]\n]*), ?/gm;

describe('fixtures', () => {
  it.each(FIXTURES)('$name as it is', (source) => {
    check([source]);
  });

  it('without what they say', () => {
    const counts = FIXTURES.map(({ name, text }) => check([{ name, text: text.replace(GIVEN, '') }]));
    // Invalid Services are not in the snapshot.
    expect(counts.filter((count) => count > 0).length).toBeGreaterThan(FIXTURES.length * 0.9);
  });
});

describe('any cluster', () => {
  /** The fields removed from each Service. */
  const holes = fc.infiniteStream(fc.constantFrom('nothing', 'addresses', 'ports', 'all', 'empty'));

  function withHoles(object: ApiObject, hole: string): ApiObject {
    if (object['kind'] !== 'Service' || hole === 'nothing') return object;
    const spec = { ...(object['spec'] as ApiObject) } as Record<string, unknown>;
    const empty = hole === 'empty';
    const [ips, ports] = [hole !== 'ports', hole !== 'addresses'];
    const two = (spec['ipFamilies'] as readonly string[]).length > 1;
    if (ips) {
      for (const key of ['clusterIP', 'clusterIPs', 'ipFamilies']) delete spec[key];
      if (empty) Object.assign(spec, { clusterIP: '', clusterIPs: [], ipFamilies: null });
      if (two) spec['ipFamilyPolicy'] = 'PreferDualStack';
    }
    if (ports) {
      delete spec['healthCheckNodePort'];
      spec['ports'] = (spec['ports'] as readonly ApiObject[]).map(({ nodePort, ...port }) =>
        empty && nodePort !== undefined ? { ...port, nodePort: 0 } : port,
      );
    }
    return { ...object, spec };
  }

  const layouts = fc.record({
    json: fc.constantFrom(false, false, true),
    list: fc.boolean(),
    indent: fc.constantFrom(2, 3, 4),
    jsonIndent: fc.constantFrom('', ' ', '  ', '\t'),
    seqNoIndent: fc.boolean(),
    flowLevel: fc.constantFrom(-1, 1, 2, 3, 4),
    quoteStyle: fc.constantFrom('single' as const, 'double' as const),
    forceQuotes: fc.boolean(),
    windows: fc.boolean(),
  });

  it('in any layout', () => {
    let made = 0;
    fc.assert(
      fc.property(snapshots, holes, layouts, (objects, holes, layout) => {
        const clean = JSON.parse(
          JSON.stringify(objects.map((object) => withHoles(object, holes.next().value))),
        ) as object[];
        const list = { apiVersion: 'v1', kind: 'List', items: clean };
        const { json, jsonIndent, windows, indent, seqNoIndent, flowLevel, quoteStyle, forceQuotes } = layout;
        const print = (value: object) =>
          dump(value, { indent, seqNoIndent, flowLevel, quoteStyle, forceQuotes, noRefs: true, lineWidth: -1 });
        const yaml = layout.list ? print(list) : clean.map((object) => `# a comment\n${print(object)}`).join('---\n');
        const text = json ? JSON.stringify(list, null, jsonIndent) : yaml;
        made += check([{ name: json ? 'x.json' : 'x.yaml', text: windows ? text.replaceAll('\n', '\r\n') : text }]);
      }),
      { numRuns: often(25, 100) },
    );
    expect(made).toBeGreaterThan(often(12, 60));
  });
});
