/** Kubeconfig files as users have them, against a server that requires their credentials. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type ApiServer, type ApiServerOptions, selfSigned, startApiServer } from '../testing/api-server.js';
import { connect } from './client.js';

let directory = '';
const servers: ApiServer[] = [];

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'vipc-'));
});
afterAll(() => rmSync(directory, { recursive: true }));
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function start(options: ApiServerOptions = {}): Promise<ApiServer> {
  const server = await startApiServer(options);
  servers.push(server);
  return server;
}

function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

/** A kubeconfig with that cluster and user, in JSON, which is YAML. */
function kubeconfig(cluster: object, user?: object): string {
  const config = {
    'current-context': 'c',
    clusters: [{ name: 'c', cluster }],
    users: user ? [{ name: 'u', user }] : [],
    contexts: [{ name: 'c', context: { cluster: 'c', ...(user && { user: 'u' }) } }],
  };
  return file('config', JSON.stringify(config));
}

/** The status and the kind of what the server answers on /api/v1/nodes. */
async function ask(path: string): Promise<string> {
  const client = await connect(path);
  const response = await client.get('/api/v1/nodes', new AbortController().signal);
  return `${response.status} ${JSON.parse(await response.text()).kind}`;
}

describe('a kubeconfig', () => {
  it('with a token and a CA', async () => {
    const server = await start({ token: 'secret', certificate: selfSigned('server') });
    const path = file('config', server.kubeconfig());
    expect((await connect(path)).server).toBe(server.url);
    expect(await ask(path)).toBe('200 NodeList');
    server.setToken('other');
    expect(await ask(path)).toBe('401 Status');
    expect(await ask(file('config', server.kubeconfig()))).toBe('200 NodeList');
  });

  it('of a server with another certificate', async () => {
    const server = await start({ certificate: selfSigned('server') });
    const cluster = { server: server.url, 'certificate-authority-data': btoa(selfSigned('other').cert) };
    await expect(ask(kubeconfig(cluster, {}))).rejects.toThrow(/certificate|signature/);
    expect(await ask(kubeconfig({ server: server.url, 'insecure-skip-tls-verify': true }))).toBe('200 NodeList');
  });

  it('with a CA in a file beside it and no user', async () => {
    const certificate = selfSigned('server');
    const server = await start({ certificate });
    file('ca.crt', certificate.cert);
    expect(await ask(kubeconfig({ server: server.url, 'certificate-authority': 'ca.crt' }))).toBe('200 NodeList');
  });

  it('with a client certificate', async () => {
    const server = await start({ certificate: selfSigned('server'), clientCertificate: selfSigned('client') });
    expect(await ask(file('config', server.kubeconfig()))).toBe('200 NodeList');
    const other = selfSigned('other');
    const cluster = { server: server.url, 'insecure-skip-tls-verify': true };
    const user = { 'client-certificate-data': btoa(other.cert), 'client-key-data': btoa(other.key) };
    await expect(ask(kubeconfig(cluster, user))).rejects.toThrow();
  });

  it('with a token file, as kube-proxy has', async () => {
    const certificate = selfSigned('server');
    const server = await start({ token: 'secret', certificate });
    file('token', 'secret\n');
    const cluster = { server: server.url, 'certificate-authority-data': btoa(certificate.cert) };
    expect(await ask(kubeconfig(cluster, { tokenFile: 'token', token: 'older' }))).toBe('200 NodeList');
  });

  it('with a program that gives tokens, run once for requests that start together', async () => {
    const certificate = selfSigned('server');
    const server = await start({ token: 'secret', certificate });
    const credential = {
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token: 'secret' },
    };
    const script = `require('fs').appendFileSync('${directory}/runs', 'x'); console.log('${JSON.stringify(credential)}')`;
    const exec = { apiVersion: credential.apiVersion, command: process.execPath, args: ['-e', script] };
    const cluster = { server: server.url, 'certificate-authority-data': btoa(certificate.cert) };
    const client = await connect(kubeconfig(cluster, { exec }));
    const { signal } = new AbortController();
    const answers = await Promise.all(['services', 'nodes'].map((name) => client.get(`/api/v1/${name}`, signal)));
    expect(await Promise.all(answers.map(async ({ status, text }) => [status, JSON.parse(await text()).kind]))).toEqual(
      [
        [200, 'ServiceList'],
        [200, 'NodeList'],
      ],
    );
    expect(readFileSync(join(directory, 'runs'), 'utf8')).toBe('x');
  });

  it('of a server without TLS keeps its token to itself', async () => {
    const server = await start({ token: 'secret' });
    expect(await ask(kubeconfig({ server: server.url }, { token: 'secret' }))).toBe('401 Status');
    const open = await start();
    expect(await ask(file('config', open.kubeconfig()))).toBe('200 NodeList');
    expect(await ask(kubeconfig({ server: `${open.url}/` }))).toBe('200 NodeList');
  });

  it('with a proxy', async () => {
    const certificate = selfSigned('server');
    const server = await start({ certificate });
    const ways: string[] = [];
    const proxy = createServer().on('connect', (request, socket, head) => {
      ways.push(request.url ?? '');
      const [host = '', port] = (request.url ?? '').split(':');
      const onward = connectTcp(Number(port), host, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        onward.write(head);
        onward.pipe(socket).pipe(onward);
      });
      onward.on('error', () => socket.destroy());
      socket.on('error', () => onward.destroy());
    });
    await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
    const cluster = {
      server: server.url,
      'certificate-authority-data': btoa(certificate.cert),
      'proxy-url': `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    };
    expect(await ask(kubeconfig(cluster))).toBe('200 NodeList');
    expect(ways).toEqual([server.url.replace('https://', '')]);
    proxy.close();
  });

  it.each([
    ['that is not there', () => join(directory, 'none'), /^kubeconfig .*none: ENOENT/],
    ['that is no YAML', () => file('config', 'a: [b'), /^kubeconfig .*config: /],
    ['that is empty', () => file('config', ''), /^kubeconfig .*config: Failed to load YAML$/],
    ['that is something else', () => file('config', 'hello'), /^kubeconfig .*config: it is none$/],
    ['that is a list', () => file('config', '[]'), /it has no current-context/],
    ['without a context', () => file('config', 'clusters: []'), /it has no current-context/],
    ['without that cluster', () => file('config', 'current-context: x'), /its current context x names no cluster/],
    ['without a server', () => kubeconfig({}), /clusters\[0\].cluster.server is missing/],
  ])('%s', async (_, path, message) => {
    await expect(connect(path())).rejects.toThrow(message);
  });
});

describe('what is replaced while it is used', () => {
  const statusOf = async (client: Awaited<ReturnType<typeof connect>>) =>
    client.get('/api/v1/nodes', new AbortController().signal).then(
      ({ status }) => status,
      () => 'no answer',
    );

  it('a token in its file is read again as soon as the old one is refused', async () => {
    const certificate = selfSigned('server');
    const server = await start({ token: 'one', certificate });
    file('token', 'one');
    const cluster = { server: server.url, 'certificate-authority-data': btoa(certificate.cert) };
    const client = await connect(kubeconfig(cluster, { tokenFile: 'token' }));
    expect(await statusOf(client)).toBe(200);
    server.setToken('two');
    file('token', 'two');
    expect([await statusOf(client), await statusOf(client)]).toEqual([401, 200]);
  });

  it('a kubeconfig too; one that is half written changes nothing', async () => {
    const server = await start({ token: 'one', certificate: selfSigned('server') });
    const path = file('config', server.kubeconfig());
    const client = await connect(path);
    server.setToken('two');
    file('config', 'a: [b');
    expect([await statusOf(client), await statusOf(client)]).toEqual([401, 401]);
    file('config', server.kubeconfig());
    expect([await statusOf(client), await statusOf(client)]).toEqual([200, 200]);
  });

  it('the certificate of the server, with the CA in its file', async () => {
    const [old, next] = [selfSigned('server'), selfSigned('server')];
    const [before, after] = [await start({ certificate: old }), await start({ certificate: next })];
    file('ca.crt', old.cert);
    const at = (url: string) => kubeconfig({ server: url, 'certificate-authority': 'ca.crt' });
    const client = await connect(at(before.url));
    expect(await statusOf(client)).toBe(200);
    await before.close();
    at(after.url);
    expect([await statusOf(client), await statusOf(client)]).toEqual(['no answer', 'no answer']);
    file('ca.crt', next.cert);
    expect(await statusOf(client)).toBe(200);
  });
});

it('without a kubeconfig this must be a pod', async () => {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env;
  delete process.env.KUBERNETES_SERVICE_HOST;
  try {
    await expect(connect(undefined)).rejects.toThrow('this is no pod with a service account: KUBERNETES_SERVICE_HOST');
    process.env.KUBERNETES_SERVICE_HOST = '10.96.0.1';
    process.env.KUBERNETES_SERVICE_PORT = '443';
    await expect(connect(undefined)).rejects.toThrow('there is no /var/run/secrets/');
  } finally {
    for (const [name, value] of Object.entries({ KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port })) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
});
