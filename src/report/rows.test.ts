/**
 * The rows of a page's list, and what its search and filters leave of them.
 */
import { describe, expect, it } from '@jest/globals';
import { readCluster } from '../front.js';
import { loadSources } from '../read/source.js';
import type { Snapshot } from '../read/types.js';
import { ROOT } from '../testing/cases/cases.js';
import { type Filter, filtered, NO_FILTER, rowsOf } from './rows.js';

const { value: sources } = await loadSources([`${ROOT}fixtures/packets/services/cluster.yaml`], async () =>
  Buffer.alloc(0),
);
const { value: snapshot, diagnostics } = readCluster(sources, { rules: 'all' });
const rows = rowsOf(snapshot, diagnostics, new Map([['default/empty', 2]]));

describe('the rows', () => {
  it.each([
    ['web', { type: 'LoadBalancer', families: ['IPv4', 'IPv6'], ready: 3, total: 3, state: 'suspect', problems: 1 }],
    ['empty', { type: 'LoadBalancer', ready: 0, total: 0, state: 'broken', changes: 2 }],
    ['hairpin', { type: 'ClusterIP', families: ['IPv4'], ready: 1, state: 'fine', problems: 0, changes: 0 }],
  ])('%s', (name, expected) => {
    expect(rows.find(({ key }) => key === `default/${name}`)).toMatchObject(expected);
  });
});

it('endpoints that serve while they end take connections where none is ready; DNS has no such', () => {
  const draining = snapshot.slices.map((slice) => ({
    ...slice,
    endpoints: slice.endpoints.map((each) => ({
      ...each,
      conditions: { ready: false, serving: true, terminating: true },
    })),
  }));
  const stateOf = (services: Snapshot['services']) =>
    rowsOf({ ...snapshot, services, slices: draining }, []).find(({ key }) => key === 'default/hairpin');
  expect(stateOf(snapshot.services)).toMatchObject({ state: 'suspect', ready: 0, total: 1 });
  const headless = snapshot.services.map((each) => ({ ...each, spec: { ...each.spec, clusterIPs: ['None'] } }));
  expect(stateOf(headless)).toMatchObject({ state: 'broken', type: 'headless' });
});

describe('a search or a filter leaves', () => {
  it.each<[string, Partial<Filter>, readonly string[]]>([
    ['a part of a name', { search: 'hair' }, ['hairpin']],
    ['an address', { search: '10.96.0.8' }, ['hairpin']],
    ['a node port', { search: ':30080/TCP' }, ['web']],
    ['all words', { search: 'internal elsewhere' }, ['internal-elsewhere']],
    ['a namespace', { namespace: 'nowhere' }, []],
    ['a type', { type: 'NodePort' }, ['empty-ipv6']],
    ['a family', { family: 'IPv6', type: 'LoadBalancer', search: 'local' }, ['local-ipv6']],
    ['problems', { state: 'problems' }, ['empty', 'empty-ipv6', 'internal-elsewhere', 'web']],
    ['changes', { state: 'changed' }, ['empty']],
  ])('%s', (_, filter, names) => {
    const left = filtered(rows, { ...NO_FILTER, ...filter });
    expect(left.map(({ key }) => key.replace('default/', ''))).toEqual(names);
  });

  it('without any, all of them, sorted', () => {
    const keys = filtered(rows, NO_FILTER).map(({ key }) => key);
    expect(keys).toHaveLength(14);
    expect(keys).toEqual([...keys].sort());
  });
});
