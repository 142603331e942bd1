/**
 * The usual start of a test: a test API server with some objects, a watch of it, and a view of what the watch reports.
 */

import { afterEach, expect } from '@jest/globals';
import type { ApiClient } from '../../watch/client.js';
import { type ObjectSource, type Tuning, watchCluster } from '../../watch/source.js';
import { type ApiServer, type ApiServerOptions, startApiServer } from '../api-server.js';
import { httpClient } from './http-client.js';
import { eventually, expectedView, newView, type View } from './view.js';

/** A busy machine may be silent for a second or two. */
const FAST: Partial<Tuning> = { answerMs: 20_000, silenceMs: 20_000, shortMs: 20, backoffMs: [10, 80] };
export const IMPATIENT: Partial<Tuning> = { answerMs: 300, silenceMs: 300 };

export interface Setup {
  readonly server: ApiServer;
  readonly view: View;
  readonly watch: ObjectSource;
}

export const running: { stop?(): Promise<void>; close?(): Promise<void> }[] = [];

afterEach(async () => {
  for (const each of running.splice(0).reverse()) await (each.stop ?? each.close)?.();
});

/** A server with some objects, and a watch that has received them. */
export async function setup(tuning: Partial<Tuning> = {}, options: ApiServerOptions = {}): Promise<Setup> {
  const server = await startApiServer({ bookmarkMs: 100, ...options });
  running.push(server);
  for (const name of ['a', 'b', 'c']) server.put(service(name));
  server.put(slice('a-1'));
  server.put(node('here'));
  server.put(node('there'));
  const started = begin(server, tuning);
  await started.watch.ready;
  await eventually(() => expect(server.watches()).toBe(3));
  return { server, ...started };
}

export function begin(server: ApiServer, tuning: Partial<Tuning> = {}, client: ApiClient = httpClient(server.url)) {
  const view = newView();
  const { sink, onState } = view;
  const watch = watchCluster(client, { nodeName: 'here', sink, onState, tuning: { ...FAST, ...tuning } });
  running.push(watch);
  return { view, watch };
}

export function service(name: string, labels = {}, port = 80): object {
  const spec = { clusterIP: '10.96.0.1', ports: [{ port }] };
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, labels }, spec };
}

export function slice(name: string, labels = {}): object {
  const metadata = { name, labels: { 'kubernetes.io/service-name': 'a', ...labels } };
  return { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata, addressType: 'IPv4', endpoints: [] };
}

function node(name: string): object {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name } };
}

export const isSame = ({ server, view }: Setup) =>
  eventually(() => expect(view.objects()).toEqual(expectedView(server, 'here')));

/** The list requests for everything; a list of one object only asks whether the server has gone back in time. */
export const lists = (server: ApiServer) =>
  server.requests().filter(({ verb, query }) => verb === 'list' && query.limit !== '1').length;
export const watches = (server: ApiServer) => server.requests().filter(({ verb }) => verb === 'watch');
