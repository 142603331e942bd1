/** Any faults in any order: afterwards the watch knows what the server has, and soon. */
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { httpClient } from '../testing/api-client/http-client.js';
import { eventually, expectedView, newView } from '../testing/api-client/view.js';
import { type ApiServer, startApiServer } from '../testing/api-server.js';
import { often, seed } from '../testing/run/extent.js';
import { type Tuning, watchCluster } from './source.js';

const FAST: Partial<Tuning> = { pageSize: 2, answerMs: 100, silenceMs: 100, shortMs: 10, backoffMs: [5, 40] };

type Step = (server: ApiServer) => unknown;

const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const labels = fc.constantFrom({}, {}, { 'service.kubernetes.io/headless': '' });
const KINDS = { Service: 'v1', EndpointSlice: 'discovery.k8s.io/v1', Node: 'v1' } as const;
const kind = fc.constantFrom('Service', 'EndpointSlice', 'Node');

const put = fc.record({ kind, name, labels }).map(
  ({ kind, name, labels }): Step =>
    (server) =>
      server.put({ apiVersion: KINDS[kind], kind, metadata: { name, labels } }),
);
const remove = fc.record({ kind, name }).map(
  ({ kind, name }): Step =>
    (server) =>
      server.remove(kind, kind === 'Node' ? '' : 'default', name),
);
const fault = fc.constantFrom<Step>(
  (server) => server.dropAll(),
  (server) => server.stall(true),
  (server) => server.stall(false),
  (server) => server.refuse('connection'),
  (server) => server.refuse(500),
  (server) => server.refuse(429),
  (server) => server.accept(),
  (server) => server.expire(),
  (server) => server.goneAsStatus(true),
  (server) => server.goneAsStatus(false),
  (server) => server.cutMidLine(),
  (server) => server.endWatches(),
  (server) => server.bookmark(),
  (server) => server.say('{"type":"ADDED"'),
  (server) => server.slow(20),
  (server) => server.slow(0),
);
const pause = fc.integer({ min: 0, max: 30 }).map(
  (ms): Step =>
    () =>
      new Promise((done) => setTimeout(done, ms)),
);
const steps = fc.array(
  fc.oneof({ arbitrary: put, weight: 4 }, { arbitrary: remove, weight: 2 }, { arbitrary: fault, weight: 4 }, pause),
  { minLength: 5, maxLength: 40 },
);

it(`any faults (SEED=${seed})`, async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (steps) => {
      const server = await startApiServer({ history: 5, bookmarkMs: 30 });
      for (const kind of ['Service', 'EndpointSlice'] as const) {
        for (const name of ['a', 'b', 'c']) server.put({ apiVersion: KINDS[kind], kind, metadata: { name } });
      }
      const view = newView();
      const { sink, onState } = view;
      const watch = watchCluster(httpClient(server.url), { nodeName: 'a', sink, onState, tuning: FAST });
      try {
        for (const step of steps) await step(server);
        await server.accept();
        server.slow(0);
        server.stall(false);
        await watch.ready;
        await eventually(() => expect(view.objects()).toEqual(expectedView(server, 'a')), 1000);
      } finally {
        await watch.stop();
        await server.close();
      }
    }),
    { seed, numRuns: often(20, 50) },
  );
});
