import { describe, expect, it } from '@jest/globals';
import type { Diagnostic } from '../diag.js';
import { newStore, type Store } from './store.js';

function storeWithLog() {
  const problems: string[] = [];
  let changes = 0;
  const store = newStore({
    onChange: () => void changes++,
    onInvalid: (found: readonly Diagnostic[]) =>
      void problems.push(...found.map(({ origin, message }) => `${origin?.object}: ${message}`)),
  });
  return { store, problems, changes: () => changes };
}

const service = (name: string, clusterIP: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'default', resourceVersion: '1' },
  spec: { clusterIP, clusterIPs: [clusterIP], ports: [{ port: 80, protocol: 'TCP' }], ...more },
});

const slice = (name: string, trigger?: string) => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: {
    name,
    namespace: 'default',
    labels: { 'kubernetes.io/service-name': 'web' },
    ...(trigger === undefined ? {} : { annotations: { 'endpoints.kubernetes.io/last-change-trigger-time': trigger } }),
  },
  addressType: 'IPv4',
  ports: [{ name: '', port: 8080, protocol: 'TCP' }],
  endpoints: [{ addresses: ['10.1.0.1'] }],
});

describe('the store', () => {
  it('keeps an object the very same that comes again unchanged', () => {
    const { store, changes } = storeWithLog();
    store.put('Service', service('web', '10.96.0.1'));
    const [first] = store.snapshot().services;
    store.put('Service', {
      ...service('web', '10.96.0.1'),
      metadata: { name: 'web', namespace: 'default', resourceVersion: '2' },
    });
    replace(store, [service('web', '10.96.0.1')]);
    expect(store.snapshot().services[0]).toBe(first);
    expect(changes()).toBe(1);
    store.put('Service', service('web', '10.96.0.2'));
    expect(store.snapshot().services[0]?.spec.clusterIPs).toEqual(['10.96.0.2']);
    expect(changes()).toBe(2);
  });

  it('forgets objects that a whole list does not have', () => {
    const { store } = storeWithLog();
    store.put('Service', service('web', '10.96.0.1'));
    store.put('Service', service('db', '10.96.0.2'));
    store.put('EndpointSlice', slice('web-1'));
    store.takeChanges();
    replace(store, [service('db', '10.96.0.2')]);
    expect(store.snapshot().services.map(({ metadata }) => metadata.name)).toEqual(['db']);
    expect(store.snapshot().slices).toHaveLength(1);
    expect(store.takeChanges()).toEqual({
      services: 1,
      slices: 0,
      nodes: 0,
      names: new Set(['default/web']),
      triggered: [],
    });
    store.remove('Service', service('unknown', '10.96.0.9'));
    expect(store.takeChanges().services).toBe(0);
  });

  it('takes a list at its end, and none that has no end', () => {
    const { store, changes, problems } = storeWithLog();
    store.put('Service', service('web', '10.96.0.1'));
    const names = () => store.snapshot().services.map(({ metadata }) => metadata.name);
    const { page, end } = store.list('Service');
    store.list('Service').page([service('never', '10.96.0.9'), service('bad', 'x')]);
    page([service('db', '10.96.0.2')]);
    page([service('bad', 'x')]);
    expect([names(), changes(), problems]).toEqual([['web'], 1, []]);
    end();
    expect([names(), changes(), problems.length > 0]).toEqual([['db'], 3, true]);
  });

  it('leaves out an object with errors, reports it, and has the others', () => {
    const { store, problems } = storeWithLog();
    replace(store, [service('web', '10.96.0.1'), service('bad', 'x y -j ACCEPT'), {}, null]);
    expect(store.snapshot().services.map(({ metadata }) => metadata.name)).toEqual(['web']);
    expect(problems[0]).toMatch(/^Service default\/bad: spec\.clusterIPs?(\[0\])? must be /);
    store.put('Service', service('web', 'nonsense'));
    expect(store.snapshot().services).toEqual([]);
  });

  it('gives an address to the first by name, in whatever order they came, and reports it once', () => {
    const { store, problems } = storeWithLog();
    store.put('Service', service('b', '10.96.0.1'));
    store.put('Service', service('a', '10.96.0.1'));
    for (let i = 0; i < 3; i++) expect(store.snapshot().services.map(({ metadata }) => metadata.name)).toEqual(['a']);
    expect(problems).toEqual([
      'Service default/b: Service default/b wants ClusterIP 10.96.0.1, which Service default/a has',
    ]);
    store.remove('Service', service('a', '10.96.0.1'));
    expect(store.snapshot().services.map(({ metadata }) => metadata.name)).toEqual(['b']);
  });

  it('knows when endpoints changed', () => {
    const { store } = storeWithLog();
    store.put('EndpointSlice', slice('web-1', '2026-01-01T00:00:00Z'));
    store.put('EndpointSlice', slice('web-2'));
    expect(store.takeChanges()).toEqual({
      services: 0,
      slices: 2,
      nodes: 0,
      names: new Set(['default/web']),
      triggered: [Date.UTC(2026, 0, 1) / 1000],
    });
  });

  it('names the changed Services, those of changed endpoints, and the former Service of a slice', () => {
    const { store } = storeWithLog();
    store.put('Service', service('web', '10.96.0.1'));
    store.put('EndpointSlice', slice('web-1'));
    store.takeChanges();
    const moved = slice('web-1');
    store.put('EndpointSlice', {
      ...moved,
      metadata: { ...moved.metadata, labels: { 'kubernetes.io/service-name': 'db' } },
    });
    expect([...store.takeChanges().names].sort()).toEqual(['default/db', 'default/web']);
    store.remove('EndpointSlice', slice('web-1'));
    store.put('Node', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } });
    expect([...store.takeChanges().names]).toEqual(['default/db']);
    expect([...store.takeChanges().names]).toEqual([]);
  });

  it('ignores the removal of unknown objects, and has one object of a name, whatever its uid', () => {
    const { store, problems, changes } = storeWithLog();
    store.remove('EndpointSlice', slice('unknown'));
    store.remove('Service', {});
    store.remove('Service', null);
    expect(changes()).toBe(0);
    const web = service('web', '10.96.0.1');
    for (const uid of ['one', 'two']) store.put('Service', { ...web, metadata: { ...web.metadata, uid } });
    expect(store.snapshot().services).toHaveLength(1);
    expect(problems).toEqual([]);
  });
});

/** All Services, two on a page. */
function replace(store: Store, services: readonly unknown[]): void {
  const { page, end } = store.list('Service');
  for (let i = 0; i < services.length; i += 2) page(services.slice(i, i + 2));
  end();
}
