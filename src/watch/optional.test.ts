/** The watch of a kind that the rules can do without. */
import { expect, it } from '@jest/globals';
import { httpClient } from '../testing/api-client/http-client.js';
import { eventually, newView } from '../testing/api-client/view.js';
import { running, service } from '../testing/api-client/watching.js';
import { startApiServer } from '../testing/api-server.js';
import type { ApiClient } from './client.js';
import { watchCluster } from './source.js';
import { newStore } from './store.js';

const serviceCIDR = (cidr: string) => {
  const metadata = { name: 'kubernetes' };
  return { apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR', metadata, spec: { cidrs: [cidr] } };
};

async function serving() {
  const server = await startApiServer();
  running.push(server);
  server.put(service('a'));
  server.put(serviceCIDR('10.96.0.0/16'));
  return server;
}

it('is listed and watched like any other, and is in the snapshot', async () => {
  const server = await serving();
  const store = newStore({ onChange: () => {}, onInvalid: (problems) => expect(problems).toEqual([]) });
  const watch = watchCluster(httpClient(server.url), { nodeName: 'here', also: ['ServiceCIDR'], sink: store });
  running.push(watch);
  await watch.ready;
  const cidrs = () => store.snapshot().serviceCIDRs.flatMap((each) => each.cidrs);
  expect(cidrs()).toEqual(['10.96.0.0/16']);
  await eventually(() => expect(server.watches()).toBe(4));
  server.put(serviceCIDR('10.97.0.0/16'));
  await eventually(() => expect(cidrs()).toEqual(['10.97.0.0/16']));
  server.remove('ServiceCIDR', '', 'kubernetes');
  await eventually(() => expect(cidrs()).toEqual([]));
});

it('is not asked for where no rule needs it', async () => {
  const server = await serving();
  const view = newView();
  const watch = watchCluster(httpClient(server.url), { nodeName: 'here', sink: view.sink });
  running.push(watch);
  await watch.ready;
  expect(server.requests().some(({ resource }) => resource === 'servicecidrs')).toBe(false);
});

it('keeps nothing waiting when the server has none', async () => {
  const server = await serving();
  const client = httpClient(server.url);
  const older: ApiClient = {
    ...client,
    get: (path, signal) => client.get(path.includes('/servicecidrs') ? '/apis/none' : path, signal),
  };
  const view = newView();
  const tuning = { backoffMs: [10, 20] } as const;
  const watch = watchCluster(older, { nodeName: 'here', also: ['ServiceCIDR'], ...view, tuning });
  running.push(watch);
  await watch.ready;
  expect(view.get('Service default/a')).toBeDefined();
  const failing = view.states.filter(({ state }) => state === 'failing');
  expect(failing[0]).toMatchObject({ kind: 'ServiceCIDR', code: 404, optional: true });
  expect(new Set(failing.map(({ kind }) => kind))).toEqual(new Set(['ServiceCIDR']));
});
