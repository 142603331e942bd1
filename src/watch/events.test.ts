import { expect, it } from '@jest/globals';
import { events } from './events.js';
import { strip } from './objects.js';

async function* pieces(text: string, size: number): AsyncGenerator<string> {
  for (let i = 0; i < text.length; i += size) yield text.slice(i, i + size);
}

const NAMES = ['a', 'b', 'ä€𝄞'];
const STREAM = NAMES.map((name) => `${JSON.stringify({ type: 'ADDED', object: { kind: 'K', metadata: { name } } })}\n`);

it.each([1, 2, 7, 50, 1000])('events come whole from pieces of %d characters', async (size) => {
  const seen: unknown[] = [];
  for await (const { object } of events(pieces(`\n${STREAM.join('\r\n')}{"type":"ADDED"`, size))) {
    seen.push(object.metadata.name);
  }
  expect(seen).toEqual(NAMES);
});

it('a line without an end is not waited for', async () => {
  const endless = async () => {
    for await (const _ of events(pieces('x'.repeat(70 << 20), 1 << 20)));
  };
  await expect(endless()).rejects.toThrow('longer than 64 MiB');
});

const LAST = 'kubectl.kubernetes.io/last-applied-configuration';
const metadata = { name: 'a', managedFields: [{}], annotations: { [LAST]: '{}', x: 'y' }, deletionTimestamp: 't' };
const light = { name: 'a', annotations: { x: 'y' }, deletionTimestamp: 't' };

it.each([
  [
    { kind: 'Service', metadata, spec: { a: 1 }, status: { loadBalancer: {} } },
    { kind: 'Service', metadata: light, spec: { a: 1 }, status: { loadBalancer: {} } },
  ],
  [
    { kind: 'EndpointSlice', metadata, endpoints: [{ addresses: ['a'], targetRef: { uid: 'u' } }, 1], ports: [] },
    { kind: 'EndpointSlice', metadata: light, endpoints: [{ addresses: ['a'] }, 1], ports: [] },
  ],
  [
    { kind: 'Node', metadata, spec: { taints: [] }, status: { addresses: [], images: [], conditions: [] } },
    { kind: 'Node', metadata: light, spec: { taints: [] }, status: { addresses: [] } },
  ],
  [
    { kind: 'EndpointSlice', metadata: { annotations: 1 }, endpoints: null },
    { kind: 'EndpointSlice', metadata: { annotations: 1 }, endpoints: null },
  ],
])('of an object only what counts is kept: %j', (object, expected) => {
  expect(strip(object)).toEqual(expected);
});
