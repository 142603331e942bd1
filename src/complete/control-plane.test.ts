/**
 * Manifests as a real control plane completed them (fixtures/control-plane): its EndpointSlices, removed and made again
 * from its Pods and Endpoints, are the same, and so are the rules.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { DEFAULT_OPTIONS } from '../options.js';
import { compileSnapshot } from '../pipeline.js';
import { readSnapshot } from '../read/snapshot.js';
import type { EndpointSlice, Snapshot } from '../read/types.js';
import { ROOT } from '../testing/cases/cases.js';
import { programText } from '../testing/cases/compiled.js';
import { AS_IT_IS, complete } from './complete.js';

const DIRECTORY = `${ROOT}fixtures/control-plane`;

function served(name: string): Snapshot {
  const text = readFileSync(`${DIRECTORY}/${name}/served.yaml`, 'utf8');
  const { value, diagnostics } = readSnapshot([{ name: 'served.yaml', text }]);
  expect(diagnostics).toEqual([]);
  return value;
}

/** One line for each endpoint, and for each slice without endpoints; how slices are packed does not matter. */
function linesOf(slices: readonly EndpointSlice[]): readonly string[] {
  const lines = slices.flatMap(({ metadata, addressType, ports, endpoints }) => {
    const labels = Object.entries(metadata.labels).sort();
    const byName = [...ports].sort((a, b) => (a.name < b.name ? -1 : 1));
    const listed = endpoints.length > 0 ? endpoints : [undefined];
    return listed.map((endpoint) => {
      const { pod: _, simulated: __, ...rest } = endpoint ?? {};
      return JSON.stringify({ addressType, labels, ports: byName, ...sortedKeys(rest) });
    });
  });
  return lines.sort();
}

function sortedKeys(object: object): object {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const names = readdirSync(DIRECTORY).filter((name) => !name.endsWith('.md'));

describe.each(names.sort())('%s', (name) => {
  const cluster = served(name);
  const again = complete({ ...cluster, slices: [] }, AS_IT_IS).value;

  it('has the same endpoints', () => expect(linesOf(again.slices)).toEqual(linesOf(cluster.slices)));

  it('has no slice of more than 100', () => {
    expect(Math.max(0, ...again.slices.map(({ endpoints }) => endpoints.length))).toBeLessThanOrEqual(100);
  });

  it.each(['iptables', 'ipvs', 'nftables'])('has the same rules in %s mode on each node', (mode) => {
    for (const { metadata } of cluster.nodes) {
      const options = { ...DEFAULT_OPTIONS, mode, nodeName: metadata.name };
      const rules = (snapshot: Snapshot) => programText(compileSnapshot(snapshot, options, {}).value);
      expect(rules(again)).toBe(rules(cluster));
    }
  });
});

it('the comparison would see a difference', () => {
  const cluster = served('topology-auto');
  const moved = cluster.nodes.map((node) => ({ ...node, milliCPU: node.metadata.name === 'node-b' ? 40000 : 100 }));
  expect(linesOf(complete({ ...cluster, nodes: moved, slices: [] }, AS_IT_IS).value.slices)).not.toEqual(
    linesOf(cluster.slices),
  );
});
