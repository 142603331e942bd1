import { describe, expect, it } from '@jest/globals';
import { newStore, type Store } from '../watch/store.js';
import { type Logger, newReporter } from './log.js';

const service = (name: string, clusterIP: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'default', resourceVersion: '1' },
  spec: { clusterIP, clusterIPs: [clusterIP], ports: [{ port: 80, protocol: 'TCP' }] },
});

describe('the reporter, of objects with errors', () => {
  const bad = service('web', 'nonsense');
  const good = service('web', '10.96.0.1');
  const rival = service('a', '10.96.0.1');

  /** The lines that a daemon would log, and the number of objects that it leaves out. */
  function told() {
    const said: string[] = [];
    let left: Readonly<Record<string, number>> = {};
    const take = (_: unknown, message: string) => void said.push(message);
    const log = { error: take, warn: take } as unknown as Logger;
    const report = newReporter(log, (objects) => {
      left = { ...objects };
    });
    const store = newStore({ onChange: () => {}, onInvalid: (found, about) => report(about, found) });
    return { store, said, left: () => left };
  }

  it.each<[string, (store: Store) => void, number, number]>([
    ['a lasting error is logged once', (store) => [bad, bad, bad].map((each) => store.put('Service', each)), 1, 1],
    ['one that was fixed no longer counts', (store) => [bad, good].map((each) => store.put('Service', each)), 1, 0],
    [
      'one that comes back is logged again',
      (store) => [bad, good, bad].map((each) => store.put('Service', each)),
      2,
      1,
    ],
    [
      'one that comes back after its object was gone',
      (store) => {
        store.put('Service', bad);
        store.remove('Service', bad);
        store.put('Service', bad);
      },
      2,
      1,
    ],
    [
      'one that comes back after a list without its object',
      (store) => {
        replace(store, [bad]);
        replace(store, []);
        replace(store, [bad]);
      },
      2,
      1,
    ],
    ['one that is listed again', (store) => [[bad], [bad]].map((each) => replace(store, each)), 1, 1],
    [
      'a conflict that comes back is logged again',
      (store) => {
        store.put('Service', good);
        store.put('Service', rival);
        store.snapshot();
        store.remove('Service', rival);
        store.snapshot();
        store.put('Service', rival);
        store.snapshot();
        store.put('Node', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } });
        store.snapshot();
      },
      2,
      1,
    ],
  ])('%s', (_, act, lines, leftOut) => {
    const { store, said, left } = told();
    act(store);
    // Each of them is one thing wrong, which a Service may have in two fields.
    expect(new Set(said).size * lines).toBe(said.length);
    expect(said.length).toBeGreaterThan(0);
    expect(left()['Service']).toBe(leftOut);
  });
});

/** All Services, two on a page. */
function replace(store: Store, services: readonly unknown[]): void {
  const { page, end } = store.list('Service');
  for (let i = 0; i < services.length; i += 2) page(services.slice(i, i + 2));
  end();
}
