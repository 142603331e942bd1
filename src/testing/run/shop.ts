/**
 * A cluster of two namespaces, in a fresh test API server for each test, and a kubeconfig for it.
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import { loadAll } from 'js-yaml';
import { type ApiServer, startApiServer } from '../api-server.js';
import { ROOT } from '../cases/cases.js';
import { type Result, vipc } from './vipc.js';

export const WEB = `${ROOT}fixtures/tour/web/cluster.yaml`;

export const SHOP = [
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'cart', namespace: 'shop' },
    spec: { clusterIP: '10.96.0.60', selector: { app: 'cart' }, ports: [{ port: 80 }] },
  },
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'front', namespace: 'shop' },
    spec: { defaultBackend: { service: { name: 'cart', port: { number: 80 } } } },
  },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'cart-0', namespace: 'shop', labels: { app: 'trolley' } },
    spec: { containers: [{ name: 'c', image: 'i' }] },
  },
];

export let home = '';
export let server: ApiServer;
export let config = '';

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'vipc-'));
  config = join(home, 'config');
});
afterAll(() => rmSync(home, { recursive: true }));
beforeEach(async () => {
  server = await startApiServer();
  for (const object of [...loadAll(readFileSync(WEB, 'utf8')), ...SHOP]) server.put(object);
  writeFileSync(config, server.kubeconfig());
});
afterEach(() => server.close());

/** An empty server in place of a closed one. */
export async function startAgain(): Promise<void> {
  server = await startApiServer();
}

/** The same objects as `kubectl get -A -o json` prints them. */
export function dump(...kinds: readonly string[]): string {
  const items = server.objects().filter(({ kind }) => kinds.includes(kind));
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}

export const asked = () => server.requests().map(({ path, query }) => `${path} ${JSON.stringify(query)}`);
export const paths = () =>
  server.requests().map(({ path }) => path.replace(/^\/apis?\/(?:[^/]+\/)?v1(?:alpha1)?\//, ''));

/** The output of a command that reads the cluster, without the count of notes on kinds that are not served. */
export async function reading(...argv: readonly string[]): Promise<Result> {
  return vipc([...argv, '--kubeconfig', config]);
}

export const RULES = ['Service', 'EndpointSlice', 'Node'];
