/** The limits of what a server may send when a cluster is read once. */
import { expect, it } from '@jest/globals';
import { limited } from './budget.js';
import type { ApiClient } from './client.js';
import { readAll } from './snapshot.js';

const page = (more: object = {}, name?: string) =>
  JSON.stringify({
    kind: 'ServiceList',
    apiVersion: 'v1',
    metadata: { resourceVersion: '1', ...more },
    items: name === undefined ? [] : [{ metadata: { namespace: 'a', name } }],
  });

/** A server that answers request after request so. */
function server(answer: (request: number) => Iterable<string>): ApiClient {
  let requests = 0;
  return {
    server: 'http://test',
    get: async () => {
      const chunks = answer(requests++);
      return {
        status: 200,
        body: (async function* () {
          yield* chunks;
        })(),
        text: async () => [...chunks].join(''),
      };
    },
  };
}

function* endless(): Generator<string> {
  for (;;) yield ' '.repeat(1 << 16);
}

const BUDGET = { bytes: 4 << 20, requests: 20 };

it.each([
  ['text without end', () => endless(), 'the server sends more than the 4 MiB that are read'],
  [
    'more pages than there can be',
    (n: number) => [page({ continue: `x${n}` }, `x${n}`)],
    'the server has no last page: 20 were read',
  ],
  [
    'one token again and again',
    () => [page({ continue: 'x' })],
    'the server sends a list that does not end: the same page comes again',
  ],
] as const)('%s', async (_, answer, message) => {
  const client = limited(server(answer), BUDGET);
  await expect(readAll(client, [{ kind: 'Service' }], { answerMs: 5000 })).rejects.toThrow(message);
});

it('what is within it is read', async () => {
  const client = limited(
    server((n) => [page(n < 10 ? { continue: `x${n}` } : {})]),
    BUDGET,
  );
  expect(await readAll(client, [{ kind: 'Service' }], { answerMs: 5000 })).toEqual([{ kind: 'Service', objects: [] }]);
});
