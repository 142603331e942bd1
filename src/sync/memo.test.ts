/**
 * With its memo the daemon compiles the same as without, and only what changed.
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readCluster } from '../front.js';
import { newMemo } from '../memo.js';
import type { Options } from '../options.js';
import { artifactsOf, compileSnapshot, type How, textOf } from '../pipeline.js';
import { SMALL_OPTIONS, smallCluster } from '../testing/cases/small-cluster.js';
import { type ApiObject, options, snapshots } from '../testing/random/snapshots.js';
import { render } from '../text.js';
import { newStore, type Store } from '../watch/store.js';

const LAYOUTS = [
  ['iptables', 'kube-proxy'],
  ['ipvs', 'kube-proxy'],
  ['nftables', 'kube-proxy'],
  ['nftables', 'fast'],
] as const;

function emptyStore(): Store {
  return newStore({ onChange: () => undefined, onInvalid: () => undefined });
}

function fill(store: Store, objects: readonly ApiObject[]): void {
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  store.replaceSnapshot(readCluster([{ name: 'cluster.json', text }], { skipInvalid: true }).value);
}

function state(store: Store, given: Options, how: How = {}) {
  const { value, diagnostics } = compileSnapshot(store.snapshot(), given, { skipInvalid: true, ...how });
  if (!value) throw new Error(diagnostics[0]?.message);
  return value;
}

function compiled(store: Store, given: Options, how?: How): string {
  return artifactsOf(state(store, given, how))
    .map((artifact) => render(textOf(artifact)))
    .join('');
}

describe.each(LAYOUTS)('the compiler with a memo, %s mode, layout %s', (mode, layout) => {
  it('compiles the same as without, whatever is added and removed', () => {
    const histories = snapshots.chain((objects) => fc.array(fc.shuffledSubarray([...objects]), { minLength: 2 }));
    fc.assert(
      fc.property(histories, options, (history, given) => {
        const store = emptyStore();
        const [memo, used] = [newMemo(), { ...given, mode }];
        for (const objects of history) {
          fill(store, objects);
          expect(compiled(store, used, { memo, layout })).toBe(compiled(store, used, { layout }));
        }
      }),
    );
  });

  it('compiles only what changed', () => {
    const store = emptyStore();
    const how = { memo: newMemo(), layout };
    const used = { ...SMALL_OPTIONS, mode };
    const made = (ready: readonly ('pod1' | 'pod2')[]) => {
      const sources = smallCluster([
        { name: 'a', number: 1, ready },
        { name: 'b', number: 2, ready: ['remote'] },
      ]);
      store.replaceSnapshot(readCluster(sources, {}).value);
      const { desired } = state(store, used, how);
      const chains = (desired.iptables?.ruleSets ?? []).flatMap(({ tables }) => tables.flatMap(({ chains }) => chains));
      const things = [
        ...chains.flatMap((chain) => chain.rules()).map((thing) => ({ thing, origin: thing.origin })),
        ...(desired.ipset ?? []).flatMap(({ entries }) => entries).map((thing) => ({ thing, ...thing })),
        ...(desired.ipvs?.virtualServers ?? []).map((thing) => ({ thing, ...thing })),
        ...(desired.nft?.tables ?? []).flatMap(({ chains }) => chains).map((thing) => ({ thing, ...thing })),
        ...(desired.nft?.tables ?? [])
          .flatMap(({ sets }) => sets.flatMap(({ elements }) => [...elements()]))
          .map((thing) => ({ thing, ...thing })),
      ];
      const of = (name: string) =>
        new Set(things.flatMap(({ thing, origin }) => (origin?.object === `Service default/${name}` ? [thing] : [])));
      return { a: of('a'), b: of('b') };
    };
    const [before, after] = [made(['pod1']), made(['pod2'])];
    expect(after.b.size).toBeGreaterThan(2);
    expect([...after.b].filter((thing) => !before.b.has(thing)).length).toBe(0);
    expect([...after.a].filter((thing) => before.a.has(thing)).length).toBe(0);
  });
});
