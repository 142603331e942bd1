/**
 * What nodes do with a Service, side by side.
 */
import { expect, it } from '@jest/globals';
import { readCluster } from '../front.js';
import { DEFAULT_OPTIONS } from '../options.js';
import { loadSources } from '../read/source.js';
import { ROOT } from '../testing/cases/cases.js';
import { differing, nodeRows, sideBySide } from './nodes.js';

const { value: sources } = await loadSources([`${ROOT}fixtures/packets/services/cluster.yaml`], async () =>
  Buffer.alloc(0),
);
const { value: snapshot } = readCluster(sources, {});
const NODES = ['node-a', 'node-b'];

it('the Nodes, and those that only endpoints name', () => {
  const [slice] = snapshot.slices.filter(({ endpoints }) => endpoints.length > 0);
  if (!slice) throw new Error('no slice has endpoints');
  const strayed = { ...slice, endpoints: slice.endpoints.map((each) => ({ ...each, nodeName: 'node-z' })) };
  const rows = nodeRows({ ...snapshot, slices: [strayed] });
  expect(rows.map(({ name, endpoints }) => [name, endpoints > 0])).toEqual([
    ['node-a', false],
    ['node-b', false],
    ['node-z', true],
  ]);
});

it('a Service with traffic policy Local: an address where one node sends elsewhere than the other', () => {
  const service = snapshot.services.find(({ metadata }) => metadata.name === 'local-elsewhere');
  if (!service) throw new Error('the Service is gone');
  const { addresses, endpoints } = sideBySide(snapshot, service, NODES, DEFAULT_OPTIONS, 'strict');
  const balanced = addresses.find(({ address }) => address.includes('LoadBalancerIP'));
  expect(balanced?.goesTo).toEqual([expect.stringMatching(/^DROP/), expect.stringMatching(/^1 endpoint of Local/)]);
  expect(endpoints.map(({ from }) => from)).toEqual([['yes', 'here']]);
});

it('only Services that nodes treat in different ways are listed', () => {
  const found = differing(snapshot, NODES, DEFAULT_OPTIONS, 'strict');
  expect(found.map(({ key }) => key)).toEqual(
    expect.arrayContaining(['default/internal-elsewhere', 'default/local', 'default/local-elsewhere']),
  );
  expect(found.map(({ key }) => key)).not.toContain('default/web');
  // Ports and families of one Service are told apart.
  expect(new Set(found.map(({ name }) => name)).size).toBe(found.length);
  expect(found.map(({ name }) => name)).toContain('default/local:tcp IPv4');
  expect(differing(snapshot, ['node-a', 'node-a'], DEFAULT_OPTIONS, 'strict')).toEqual([]);
});
