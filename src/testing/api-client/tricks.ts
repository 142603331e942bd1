/** A watch of a server that answers wrongly for Services only. */

import type { ServerResponse } from 'node:http';
import { afterEach, expect } from '@jest/globals';
import { type Tuning, watchCluster } from '../../watch/source.js';
import { type LoggedRequest, startApiServer } from '../api-server.js';
import { httpClient } from './http-client.js';
import { eventually, expectedView, newView } from './view.js';

const FAST: Partial<Tuning> = { answerMs: 300, silenceMs: 300, shortMs: 20, backoffMs: [10, 80], pageSize: 10 };

const running: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of running.splice(0).reverse()) await end();
});

/** Answers in place of the server, for the Services. */
export type Trick = (response: ServerResponse, request: LoggedRequest) => unknown;

/** A server that plays a trick with the Services from its start. */
export async function setup(trick: Trick, tuning: Partial<Tuning> = {}) {
  const server = await startApiServer({ bookmarkMs: 60_000 });
  running.push(() => server.close());
  server.put(object('Node', 'here'));
  server.put(object('Service', 'a'));
  const asked: number[] = [];
  server.impersonate((request, response) => {
    if (request.resource !== 'services') return false;
    asked.push(performance.now());
    return trick(response, request) !== false;
  });
  const view = newView();
  const { sink, onState } = view;
  const watch = watchCluster(httpClient(server.url), {
    nodeName: 'here',
    sink,
    onState,
    tuning: { ...FAST, ...tuning },
  });
  running.push(watch.stop);
  const failures = () => view.states.filter(({ kind, state }) => kind === 'Service' && state === 'failing');
  const isSame = () => eventually(() => expect(view.objects()).toEqual(expectedView(server, 'here')), 10_000);
  return { server, view, asked, failures, isSame };
}

export const object = (kind: string, name: string, resourceVersion = '3') => ({
  apiVersion: kind === 'EndpointSlice' ? 'discovery.k8s.io/v1' : 'v1',
  kind,
  metadata: { name, resourceVersion, ...(kind === 'Node' ? {} : { namespace: 'default' }) },
});

export const list = (more: object = {}, metadata: object = {}) =>
  JSON.stringify({
    kind: 'ServiceList',
    apiVersion: 'v1',
    metadata: { resourceVersion: '3', ...metadata },
    items: [],
    ...more,
  });

export const event = (type: string, name: string, version: string) =>
  `${JSON.stringify({ type, object: object('Service', name, version) })}\n`;

/** Answers lists with a text, and lets the server answer watches. */
export const lists = (text: string | ((request: LoggedRequest, count: number) => string), code = 200): Trick => {
  let count = 0;
  return (response, request) => {
    if (request.verb !== 'list') return false;
    return response.writeHead(code).end(typeof text === 'string' ? text : text(request, count++));
  };
};
