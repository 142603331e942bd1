/**
 * How commands find the cluster to read: flags, environment and files, and which arguments mean no cluster.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { selfSigned, startApiServer } from '../testing/api-server.js';
import { config, dump, home, SHOP, server, WEB } from '../testing/run/shop.js';
import { vipc } from '../testing/run/vipc.js';

describe('where the cluster is said to be', () => {
  const context = (name: string, namespace?: string) => ({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name: 'c', cluster: { server: server.url } }],
    users: [{ name: 'u', user: {} }],
    contexts: [{ name, context: { cluster: 'c', user: 'u', ...(namespace && { namespace }) } }],
  });
  const file = (name: string, content: object): string => {
    writeFileSync(join(home, name), JSON.stringify(content));
    return join(home, name);
  };
  const get = (argv: readonly string[], env: Record<string, string>, name?: string) =>
    vipc(['get', '-o', 'name', ...argv], undefined, env, name);

  it('the namespace of the context is the default', async () => {
    const kubeconfig = file('shop', context('dev', 'shop'));
    expect((await get(['--kubeconfig', kubeconfig], {})).stdout).toBe('service/cart\n');
    expect((await get(['--kubeconfig', kubeconfig, '-n', 'default'], {})).stdout).toBe('service/web\n');
  });

  it('KUBECONFIG names several files: of two contexts with one name the first counts, a file may be missing', async () => {
    const files = [
      join(home, 'none'),
      file('first', context('one', 'shop')),
      file('second', { ...context('one'), contexts: [...context('one').contexts, ...context('two').contexts] }),
    ];
    const env = { KUBECONFIG: files.join(delimiter) };
    expect((await get([], env, 'kubectl vipc')).stdout).toBe('service/cart\n');
    expect((await get(['--context', 'one'], env)).stdout).toBe('service/cart\n');
    expect((await get(['--context', 'two'], env)).stdout).toBe('service/web\n');
  });

  it('~/.kube/config is what there is without', async () => {
    mkdirSync(join(home, '.kube'), { recursive: true });
    file('.kube/config', context('here', 'shop'));
    expect((await get([], { HOME: home }, 'kubectl vipc')).stdout).toBe('service/cart\n');
    expect((await get(['--context', 'here'], { HOME: home })).stdout).toBe('service/cart\n');
  });

  it('kubectl’s plugin prefers a PATH and a pipe', async () => {
    const env = { KUBECONFIG: config };
    expect((await get(['-A', WEB], env, 'kubectl vipc')).stdout).toBe('service/web\n');
    expect((await vipc(['get', '-A', '-o', 'name'], dump('Node'), env, 'kubectl vipc')).stdout).toBe('');
    expect(server.requests()).toEqual([]);
  });

  it('over TLS with a token', async () => {
    const secure = await startApiServer({ token: 'secret', certificate: selfSigned('server') });
    for (const object of SHOP) secure.put(object);
    const kubeconfig = join(home, 'secure');
    writeFileSync(kubeconfig, secure.kubeconfig());
    expect((await get(['-n', 'shop', '--kubeconfig', kubeconfig], {})).stdout).toBe('service/cart\n');
    secure.setToken('another');
    expect(await get(['-n', 'shop', '--kubeconfig', kubeconfig], {})).toEqual({
      code: 2,
      stdout: '',
      stderr: `error: cluster test at ${secure.url} cannot be read: 401: Unauthorized (it does not accept the credentials of the kubeconfig)\n`,
    });
    await secure.close();
  });

  it.each([
    [['get'], {}, /^error: nothing to read: name a file, or pipe one in, or read a cluster with --kubeconfig/],
    [
      ['get', '--context', 'x'],
      { HOME: '/nowhere' },
      /^error: no context "x": there is no ~\/\.kube\/config; use --kube/,
    ],
    [
      ['get', '--context', 'x'],
      { KUBECONFIG: '/no/a' },
      /^error: no context "x": KUBECONFIG \(\/no\/a\) names no file/,
    ],
    [['get', '--kubeconfig', 'CONFIG', '--context', 'x'], {}, /config: it has no context "x"; there is test\n$/],
    [['get', '--kubeconfig', '/nowhere'], {}, /^error: kubeconfig \/nowhere: ENOENT/],
    [['get', '--kubeconfig', 'CONFIG', WEB], {}, /^error: use either PATH or --kubeconfig, not both/],
    [['get', '--context', 'test', '-'], {}, /^error: use either PATH or --context, not both/],
    [['compile', '--kubeconfig', 'CONFIG', '-n', 'shop'], {}, /^error: -n is for manifests that say no namespace/],
    [['compile', '--kubeconfig', 'CONFIG', '--cluster', 'a=b'], {}, /^error: use either --kubeconfig or --cluster/],
    [['compile', '--kubeconfig', 'CONFIG', '--simulate'], {}, /^error: --simulate is for manifests/],
    [['get', '--kubeconfig', 'CONFIG', '-n', 'a/../b'], {}, /^error: .*'a\/..\/b' is invalid. The name of a namespace/],
    [['get', '--request-timeout', '5s', WEB], {}, /^error: --request-timeout goes with --kubeconfig or --context/],
    [['get', '--request-timeout', 'soon', WEB], {}, /It must be a time such as 5s/],
  ] as const)('refuses %j with %j', async (argv, env, message) => {
    const named = argv.map((word) => (word === 'CONFIG' ? config : word));
    const { code, stdout, stderr } = await vipc(named, undefined, env as Record<string, string>);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(server.requests()).toEqual([]);
  });

  it('a plugin without a cluster says where it looked', async () => {
    const { code, stderr } = await get([], { HOME: '/nowhere' }, 'kubectl vipc');
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr:
        'error: there is no cluster to read from: there is no ~/.kube/config, and this is no pod with a service account; use --kubeconfig FILE\n',
    });
  });
});
