/**
 * Modes and layouts against each other, by verify: the layouts of a mode treat every packet alike, and what differs
 * between modes is by design, by name.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DEFAULT_FEATURES } from '../backends/features.js';
import { hasErrors } from '../diag.js';
import type { Options } from '../options.js';
import { rulesOf } from '../packet/desired.js';
import { type Compiled, compileState, type How } from '../pipeline.js';
import { caseInput, conformanceCases, ROOT } from '../testing/cases/cases.js';
import { type ApiObject, options as anyOptions, snapshots } from '../testing/random/snapshots.js';
import { ALL, BRIEF, often, sample, seed } from '../testing/run/extent.js';
import { type Given, verify } from '../verify/verify.js';

/** The addresses of node-a. */
const OWN = ['192.168.7.2', 'fd00:7::2', '10.244.1.1', 'fd00:10:244:1::1'];

const NFTABLES = { mode: 'nftables', layout: 'fast' };

const MODES = [
  ['iptables', { mode: 'iptables', layout: 'kube-proxy' }],
  ['iptables, layout fast,', { mode: 'iptables', layout: 'fast' }],
  ['ipvs', { mode: 'ipvs', layout: 'kube-proxy' }],
] as const;

interface Way {
  readonly mode: string;
  readonly layout: string;
}

function compiled(sources: Parameters<typeof compileState>[0], options: Options, { mode, layout }: Way, how: How = {}) {
  const { value, diagnostics } = compileState(sources, { ...options, mode }, { ...how, layout });
  return hasErrors(diagnostics) ? undefined : value;
}

function given({ desired, resolved }: Compiled): Given {
  const endpoints = resolved.flatMap(({ ports }) => ports.flatMap((port) => port.endpoints.reachable));
  return {
    rules: rulesOf(desired, OWN),
    elsewhere: new Set(endpoints.filter(({ local }) => !local).map(({ ip }) => ip)),
  };
}

/** The differences that are not by design, and the names of the others. */
function between(a: Compiled | undefined, b: Compiled | undefined) {
  if (!a || !b) throw new Error('it does not compile');
  const [others, names]: [string[], Set<string>] = [[], new Set()];
  const counts = verify(given(a), given(b), ({ packet, kind, byDesign }) => {
    for (const name of byDesign) names.add(name);
    if (byDesign.length === 0) others.push(`${kind} ${JSON.stringify(packet)}`);
  });
  return { others, names, counts };
}

const cases = conformanceCases().map((each) => ({ name: each.name, each }));
const found = new Set<string>();

describe.each(['iptables', 'nftables'])('the layouts of %s mode', (mode) => {
  const [a, b] = [
    { mode, layout: 'kube-proxy' },
    { mode, layout: 'fast' },
  ];

  it.each(sample(cases, 2, `layouts ${mode}`, 10))('$name: every packet is treated alike', ({ each }) => {
    const { sources, options, completion } = caseInput(each);
    const { others, names, counts } = between(
      compiled(sources, options, a, { completion }),
      compiled(sources, options, b, { completion }),
    );
    expect([...others, ...names]).toEqual([]);
    expect(counts.destinations).toBeGreaterThan(0);
  });

  it('are alike for random clusters', () => {
    let changing = 0;
    fc.assert(
      fc.property(snapshots, anyOptions, (objects, options) => {
        const sources = [{ name: 'random.json', text: listOf(objects) }];
        const how = { skipInvalid: true };
        const [left, right] = [compiled(sources, options, a, how), compiled(sources, options, b, how)];
        if (!left || !right) return;
        changing++;
        expect(between(left, right).others).toEqual([]);
      }),
      { numRuns: often(2, 6), seed, endOnFailure: true },
    );
    expect(changing).toBeGreaterThan(ALL ? 0 : -1);
  });
});

it('without xt_bpf differ only connections to itself of an endpoint that is elsewhere', () => {
  const kinds: string[] = [];
  for (const { each } of cases.filter(({ name }) =>
    ['conformance/clusterip', 'conformance/random-02'].includes(name),
  )) {
    const { sources, options, completion } = caseInput(each);
    const way = { mode: 'iptables', layout: 'fast' };
    const [left, right] = [true, false].map((bpf) =>
      compiled(sources, options, way, { completion, features: { ...DEFAULT_FEATURES, bpf } }),
    );
    if (!left || !right) throw new Error('it does not compile');
    const { elsewhere = new Set() } = given(left);
    verify(given(left), given(right), ({ packet, kind }) => {
      kinds.push(kind);
      expect(elsewhere.has(packet.source.text)).toBe(true);
    });
  }
  expect([...new Set(kinds)]).toEqual(['source']);
});

function listOf(items: readonly ApiObject[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}

describe.each(MODES)('%s mode and nftables mode', (name, way) => {
  it.each(sample(cases, 2, `nftables and ${name}`, 8))('$name: what differs is by design', ({ each }) => {
    const { sources, options, completion } = caseInput(each);
    // Each mode reads a section of its own; here the same is wanted of both.
    const { masqueradeAll, masqueradeBit } = options;
    const alike = { ...options, nftables: { masqueradeAll, masqueradeBit } };
    const { others, names } = between(
      compiled(sources, alike, way, { completion }),
      compiled(sources, alike, NFTABLES, { completion }),
    );
    for (const name of names) found.add(name);
    expect(others).toEqual([]);
  });
});

it.each(['docs/verify.md', 'docs/migration.md'])('%s has each difference by name', (page) => {
  const text = readFileSync(`${ROOT}${page}`, 'utf8');
  expect([...found].filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
  expect(found.size).toBeGreaterThan(ALL ? 3 : BRIEF ? -1 : 0);
});

describe('iptables mode and userspace mode', () => {
  const named = new Set<string>();
  const USERSPACE = { mode: 'userspace', layout: 'kube-proxy' } as const;

  it.each(sample(cases, 2, 'userspace', 10))('$name: what differs is by design', ({ each }) => {
    const { sources, options, completion } = caseInput(each);
    const { others, names } = between(
      compiled(sources, options, MODES[0][1], { completion }),
      compiled(sources, options, USERSPACE, { completion }),
    );
    for (const name of names) named.add(name);
    expect(others.slice(0, 9)).toEqual([]);
  });

  it('docs/verify.md has each difference by name', () => {
    const text = readFileSync(`${ROOT}docs/verify.md`, 'utf8');
    expect([...named].filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
    expect(named.size).toBeGreaterThan(ALL ? 0 : -1);
  });
});
