import { describe, expect, it } from '@jest/globals';
import type { Node } from '../read/types.js';
import { smallClusterOf } from '../testing/random/clusterset.js';
import { compiledFor, placeOf } from './clusters.js';

describe('placeOf', () => {
  const node = (zone: string, synthetic = false): Node => {
    const [only] = smallClusterOf('a', []).snapshot.nodes;
    if (!only) throw new Error('no Node');
    const labels = { 'topology.kubernetes.io/zone': zone };
    return { ...only, metadata: { ...only.metadata, labels }, ...(synthetic ? { synthetic: true } : {}) };
  };
  it.each([
    ['no Nodes', {}, [], undefined, []],
    ['Nodes that agree', {}, [node('z'), node('Z')], 'z', []],
    ['Nodes that do not', {}, [node('y'), node('x')], 'x', ['note several-zones']],
    ['what is said before the Nodes', { zone: 'f' }, [node('y'), node('x')], 'f', []],
    ['made-up Nodes', {}, [node('zone-1', true)], undefined, []],
  ] as const)('%s', (_, said, nodes, expected, codes) => {
    const { value, diagnostics } = placeOf({ name: 'a', ...said }, nodes);
    expect(value.zone).toBe(expected);
    expect(diagnostics.map(({ severity, code }) => `${severity} ${code}`)).toEqual(codes);
  });
});

describe('compiledFor', () => {
  const other = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-b' } };
  const clusters = [smallClusterOf('a', []), smallClusterOf('b', [], { more: [other] })];
  it.each([
    ['no node: the first', '', 'a', ['compiled-for']],
    ['a node of the second', 'node-b', 'b', ['compiled-for']],
    ['a node of both: the first, and a warning', 'node-a', 'a', ['compiled-for', 'ambiguous-node']],
    ['a node of none: the first', 'node-x', 'a', ['compiled-for']],
  ] as const)('%s', (_, nodeName, expected, codes) => {
    const { value, diagnostics } = compiledFor(clusters, nodeName);
    expect(value?.name).toBe(expected);
    expect(diagnostics.map(({ code }) => code)).toEqual(codes);
  });
});
