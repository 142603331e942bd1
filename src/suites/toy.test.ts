/**
 * To add a tool or a mode is one folder and one line in a list: a toy of each, added as theirs would be, is read, planned,
 * told, shown and assumed by the same code as all others.
 */
import { describe, expect, it } from '@jest/globals';
import { readState } from '../apply/read.js';
import type { Backend, Resolved } from '../backends/backend.js';
import { BACKENDS, backendFor } from '../backends/index.js';
import { assume, othersOf } from '../diff/assume.js';
import { changesOf, notesOf } from '../diff/changes.js';
import { plan } from '../diff/plan.js';
import { remarks } from '../diff/remarks.js';
import type { Owner } from '../owner.js';
import { compileState } from '../pipeline.js';
import { serviceRules } from '../report/service-rules.js';
import { SMALL_OPTIONS, smallCluster } from '../testing/cases/small-cluster.js';
import { fakeNode } from '../testing/node/fake-node.js';
import { answer } from '../tools/ask.js';
import { type AnyTool, section, sides, type Tool } from '../tools/tool.js';
import { TOOLS } from '../tools/tools.js';

/** A line of the toy's state. */
interface Doll {
  readonly name: string;
  readonly owner?: Owner;
}

/** src/tools/toy/tool.ts: dolls that `toy list` lists; ours have a capital letter. */
const toy: Tool<'toy', readonly Doll[], readonly string[], readonly [readonly Doll[], readonly string[]], undefined> = {
  name: 'toy',
  nothing: [],
  read: async (ask) => (await answer(ask, ['toy', 'list']))?.trim().split('\n') ?? [],
  foreign: (observed) => observed.filter((name) => !/^[A-Z]/.test(name)),
  assume: (foreign, desired = []) => [...foreign, ...desired.map(({ name }) => name)],
  diff: (observed, desired = []) => [
    desired.filter(({ name }) => !observed.includes(name)),
    observed.filter((name) => /^[A-Z]/.test(name) && desired.every((doll) => doll.name !== name)),
  ],
  steps: ([added, removed]) => [
    {
      tool: 'toy',
      program: 'toy',
      argv: () => ['toy', 'box'],
      input: [
        ...added.map(({ name }) => ({ text: `put ${name}` })),
        ...removed.map((name) => ({ text: `take ${name}` })),
      ],
    },
  ],
  changes: ([added, removed]) =>
    sides(
      [section('toy', removed)],
      [
        section(
          'toy',
          added.map(({ name }) => name),
        ),
      ],
    ),
  ofFamily: (desired) => desired,
  show: (desired, owns) => [
    ['### toy', ...desired.filter(({ owner }) => owner && owns(owner)).map(({ name }) => name)],
  ],
  remarks: (observed) =>
    observed?.includes('broken') ? [{ code: 'broken', severity: 'warning', message: 'broken' }] : [],
  notes: ([added]) => added.map(({ name }) => `${name} comes`),
};

const WEB: Owner = { namespace: 'default', service: 'web', port: 'http', protocol: 'TCP' };

function dolls(resolved: readonly Resolved[]): object {
  return { toy: resolved.flatMap(({ ports }) => ports.map(({ name }) => ({ name: name.service, owner: name }))) };
}

/** src/backends/playing/backend.ts: a mode of dolls. */
const playing: Backend = {
  mode: 'playing',
  layouts: ['kube-proxy'],
  localPolicy: 'strict',
  files: ['toy.rules'],
  admit: (value) => ({ value, diagnostics: [] }),
  lower: dolls,
  keep: () => ({ claims: () => [], needs: () => [], replace: () => true, lower: dolls }),
  artifacts: () => [],
  tools: [],
  periods: ({ daemon }) => daemon.periods.iptables,
  ours: {},
  formerly: () => [],
};

// The one line in each list.
const tools: readonly AnyTool[] = [...TOOLS, toy];
const backends: readonly Backend[] = [...BACKENDS, playing];

const desired = { toy: [{ name: 'Anna', owner: WEB }, { name: 'Bella' }] };
const HOW = { excludeCIDRs: [], chainsPerCommit: 300 };

describe('a toy tool', () => {
  it('is read with all others', async () => {
    const host = fakeNode({ 'toy list': 'Anna\nbroken\n' });
    expect(await readState(host, {}, {}, tools)).toMatchObject({ toy: ['Anna', 'broken'], iptables: [] });
  });

  it('changes as a whole and last, and nothing when all is well', () => {
    const { steps, differences } = plan({ toy: ['Anna', 'Carla', 'other'] } as object, desired as object, HOW, tools);
    expect(steps.map(({ program, argv, input }) => [program, argv(0), input.map(({ text }) => text)])).toEqual([
      ['toy', ['toy', 'box'], ['put Bella', 'take Carla']],
    ]);
    expect(changesOf(differences, {}, tools)).toEqual([
      {
        sections: [
          {
            title: 'toy',
            lines: [
              { kind: '-', text: 'Carla' },
              { kind: '+', text: 'Bella' },
            ],
          },
        ],
      },
    ]);
    expect(notesOf(differences, tools)).toEqual(['Bella comes']);
    expect(plan({ toy: ['Anna', 'Bella', 'other'] } as object, desired as object, HOW, tools).steps).toEqual([]);
  });

  it('is assumed as it was programmed', () => {
    const others = othersOf({ toy: ['Zoe', 'other'] } as object, tools);
    expect(others).toMatchObject({ toy: ['other'] });
    expect(assume(others, desired as object, tools)).toMatchObject({ toy: ['other', 'Anna', 'Bella'] });
  });

  it('has its remarks among all others', () => {
    expect(remarks({ toy: ['broken'], nft: [] } as object, {}, tools).map(({ code }) => code)).toEqual(['broken']);
  });
});

it('what a toy tool has for a Service is on its page', () => {
  const { value } = compileState(smallCluster([{ name: 'web', number: 1, ready: ['pod1'] }]), SMALL_OPTIONS, {});
  const { resolved = [] } = value ?? {};
  const page = serviceRules(resolved, desired as object, 'default/web', 'strict', tools);
  expect(page).toContain('\n\n### toy\nAnna\n');
});

it('a toy mode is found by its name, and makes the state of its tools', () => {
  const found = backendFor('playing', backends);
  expect(found).toBe(playing);
  const lowered = found?.lower([], {} as never, {} as never);
  expect(plan({}, lowered ?? {}, HOW, tools).steps).toEqual([]);
});
