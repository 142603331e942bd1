/** Laws of Multi-Cluster Services and their names, on random clusters. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DEFAULT_OPTIONS } from '../options.js';
import { artifactsOf, compileClusters, textOf } from '../pipeline.js';
import { serviceOf } from '../read/types.js';
import { type SmallExport, smallClusterOf } from '../testing/random/clusterset.js';
import { render } from '../text.js';
import type { Cluster } from './clusters.js';
import { clustersetRecords } from './clusterset-dns.js';
import { clustersetServices, mergeClusters } from './mcs.js';

const PORTS = [
  [['http', 80]],
  [['http', 8080]],
  [['web', 80]],
  [
    ['http', 80],
    ['admin', 9000],
  ],
  [
    ['admin', 80],
    ['http', 9000],
  ],
] as const;

const export_ = (cluster: number): fc.Arbitrary<readonly SmallExport[]> =>
  fc
    .uniqueArray(
      fc.record({
        name: fc.constantFrom('web', 'api', 'db'),
        exported: fc.boolean(),
        created: fc.constantFrom('2024-01-01T00:00:00Z', '2024-01-02T00:00:00Z', ''),
        ports: fc.constantFrom(...PORTS),
        ready: fc.array(fc.constantFrom(true, false, undefined), { maxLength: 4 }),
        headless: fc.boolean(),
        affinity: fc.constantFrom('None', 'ClientIP'),
      }),
      { selector: ({ name }) => name, maxLength: 3 },
    )
    .map((services) =>
      services.map(
        ({ name, exported, created, ports, ready, headless, affinity }, i): SmallExport => ({
          name,
          exported,
          ...(created === '' ? {} : { created }),
          ports,
          endpoints: ready.map((_, n) => `10.${cluster}.${i}.${n + 1}`),
          endpoint: ready[0] === undefined ? {} : { conditions: { ready: ready[0] } },
          spec: { sessionAffinity: affinity, ...(headless ? { clusterIP: 'None' } : {}) },
        }),
      ),
    );

const NAMES = ['a', 'b', 'c'] as const;

/** The exports of three clusters. */
const clusterset = fc
  .tuple(export_(1), export_(2), export_(3))
  .map((all) => NAMES.map((name, i) => ({ name, services: all[i] ?? [] })));

const made = (all: readonly { readonly name: string; readonly services: readonly SmallExport[] }[]) =>
  all.map(({ name, services }) => smallClusterOf(name, services));

function shuffled(cluster: Cluster): Cluster {
  const lists = Object.entries(cluster.snapshot).map(([list, objects]) => [list, [...objects].reverse()]);
  return { ...cluster, snapshot: Object.fromEntries(lists) };
}

describe('mergeClusters', () => {
  it('does not depend on the order of clusters, nor of their objects', () => {
    fc.assert(
      fc.property(clusterset, (all) => {
        const clusters = made(all);
        const [first] = clusters;
        if (!first) return;
        const text = (these: readonly Cluster[]) => {
          const { value } = compileClusters(these, DEFAULT_OPTIONS, {});
          return (value ? artifactsOf(value) : []).map((artifact) => render(textOf(artifact))).join('');
        };
        // The first cluster stays first: its rules are compiled.
        expect(text([first, ...clusters.slice(1).reverse()].map(shuffled))).toBe(text(clusters));
        expect(text(clusters)).not.toBe('');
      }),
      { numRuns: 60 },
    );
  });

  it('leads each port to the endpoints of just those clusters that export it under its number', () => {
    fc.assert(
      fc.property(clusterset, (all) => {
        const clusters = made(all);
        const [first] = clusters;
        if (!first) return;
        for (const { name, ports, slices } of clustersetServices(clusters, first).value) {
          for (const port of ports) {
            const expected = all.flatMap(({ services }) =>
              services
                .filter((each) => each.exported && each.name === name && each.ports?.some(([, n]) => n === port.port))
                .flatMap(({ endpoints = [] }) => endpoints.map((ip) => `${ip}:${8000 + port.port}`)),
            );
            const found = slices.flatMap((slice) =>
              slice.ports
                .filter((listed) => listed.name === port.name)
                .flatMap((listed) => slice.endpoints.map(({ addresses }) => `${addresses[0]}:${listed.port}`)),
            );
            expect([...found].sort()).toEqual([...expected].sort());
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('has ports of different names and numbers, one address for each Service, and conflicts on all exports', () => {
    fc.assert(
      fc.property(clusterset, (all) => {
        const clusters = made(all);
        const [first] = clusters;
        if (!first) return;
        const { value, diagnostics } = mergeClusters(clusters, first);
        const shadows = value.services.filter(({ metadata }) => metadata.name.endsWith('--clusterset'));
        const ips = value.services.flatMap(({ spec }) => spec.clusterIPs.filter((ip) => ip !== 'None'));
        expect(new Set(ips).size).toBe(ips.length);
        for (const { spec } of shadows) {
          expect(new Set(spec.ports.map(({ name }) => name)).size).toBe(spec.ports.length);
          expect(new Set(spec.ports.map(({ port }) => port)).size).toBe(spec.ports.length);
        }
        const shadowSlices = value.slices.filter((slice) => serviceOf(slice)?.endsWith('--clusterset'));
        expect(shadowSlices.every(({ endpoints }) => endpoints.every(({ nodeName }) => nodeName !== undefined))).toBe(
          true,
        );
        for (const name of ['web', 'api', 'db']) {
          const exporting = all.filter(({ services }) => services.some((each) => each.name === name && each.exported));
          const said = diagnostics.filter(
            ({ code, origin }) => code === 'mcs-conflict' && origin?.object === `ServiceExport shop/${name}`,
          );
          const messages = [...new Set(said.map(({ message }) => message))];
          for (const message of messages) {
            const where = said.filter((each) => each.message === message).map(({ origin }) => origin?.source.name);
            expect(where.sort()).toEqual(exporting.map((each) => `${each.name}.json`));
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('clusterset.local', () => {
  it('has no PTR, no record of a whole cluster, and every SRV record leads to an address', () => {
    fc.assert(
      fc.property(clusterset, (all) => {
        const clusters = made(all);
        const [first] = clusters;
        if (!first) return;
        const { value: records } = clustersetRecords(clustersetServices(clusters, first).value);
        const addressed = new Set(
          records.filter(({ type }) => type === 'A' || type === 'AAAA').map(({ name }) => name),
        );
        expect(records.filter(({ type }) => type === 'PTR')).toEqual([]);
        for (const record of records) {
          expect(record.name).toMatch(/\.clusterset\.local\.$/);
          expect(record.name).not.toMatch(/^[abc]\.(web|api|db)\.shop\.svc\./);
          // A Service without ready endpoints in a family still has a record for its address.
          if (record.type === 'SRV') expect(addressed).toContain(record.target);
        }
        expect(new Set(records.map((record) => JSON.stringify({ ...record, origin: undefined }))).size).toBe(
          records.length,
        );
      }),
      { numRuns: 100 },
    );
  });
});
