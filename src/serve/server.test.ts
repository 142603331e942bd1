/**
 * server: what load balancers, kubelet, Prometheus and people get from the two addresses.
 */
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { smallProgram } from '../testing/cases/small-program.js';
import { proxyHealth } from './health.js';
import { newMetrics } from './metrics.js';
import { type Served, type Servers, startServers } from './server.js';

const NOW = Date.UTC(2030, 0, 1);
const LOOPBACK = { host: '127.0.0.1', port: 0 };

let running: Servers[] = [];
afterEach(async () => {
  await Promise.all(running.map((servers) => servers.close()));
  running = [];
});

async function start(more: Partial<Served> = {}): Promise<Servers & { url: (page: string) => string }> {
  const compiled = smallProgram();
  const servers = await startServers(
    { healthz: LOOPBACK, metrics: LOOPBACK },
    {
      health: proxyHealth(60_000),
      nodeEligible: () => true,
      metrics: newMetrics(),
      compiled: () => ({ ...compiled, of: () => compiled }),
      now: () => NOW,
      ...more,
    },
  );
  running.push(servers);
  const port = (page: string) => (/^\/(healthz|livez)/.test(page) ? servers.healthzPort : servers.metricsPort);
  return { ...servers, url: (page) => `http://127.0.0.1:${port(page)}${page}` };
}

/** Last synced ten minutes ago; a change waits for so many seconds, if any does. */
function healthAfter(waits: number | undefined) {
  const health = proxyHealth(60_000);
  health.synced(NOW - 600_000);
  if (waits !== undefined) health.queued(NOW - waits * 1000);
  return health;
}

const TODAY = new Date(NOW).toISOString();
const BEFORE = new Date(NOW - 600_000).toISOString();

describe('/healthz and /livez', () => {
  const table = [
    ['nothing waits', undefined, true, 200, 200],
    ['a change waits, not for long', 59, true, 200, 200],
    ['a change waits for too long', 60, true, 503, 503],
    ['the node is to go', undefined, false, 503, 200],
    ['both', 60, false, 503, 503],
  ] as const;

  it.each(table)('%s', async (_, waits, eligible, healthz, livez) => {
    const { url } = await start({ health: healthAfter(waits), nodeEligible: () => eligible });
    const first = await fetch(url('/healthz'));
    expect(first.status).toBe(healthz);
    expect(first.headers.get('content-type')).toBe('application/json');
    expect(first.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await first.json()).toEqual({
      lastUpdated: healthz === 200 ? TODAY : BEFORE,
      currentTime: TODAY,
      nodeEligible: eligible,
      healthy: livez === 200,
    });
    const second = await fetch(url('/livez'));
    expect(second.status).toBe(livez);
    expect(await second.json()).toEqual({
      lastUpdated: livez === 200 ? TODAY : BEFORE,
      currentTime: TODAY,
      healthy: livez === 200,
    });
  });

  it('say that a node goes before anything was synced', async () => {
    const { url } = await start({ nodeEligible: () => false });
    expect(await (await fetch(url('/healthz'))).json()).toMatchObject({ lastUpdated: '0001-01-01T00:00:00Z' });
  });

  it('are counted by status', async () => {
    const { url } = await start({ nodeEligible: () => false });
    for (const page of ['/healthz', '/healthz', '/livez']) await fetch(url(page));
    const metrics = await (await fetch(url('/metrics'))).text();
    expect(metrics).toContain('kubeproxy_proxy_healthz_total{code="503"} 2\n');
    expect(metrics).toContain('kubeproxy_proxy_healthz_total{code="200"} 0\n');
    expect(metrics).toContain('kubeproxy_proxy_livez_total{code="200"} 1\n');
  });
});

describe('the pages', () => {
  const table = [
    ['/metrics', 200, 'text/plain; version=0.0.4; charset=utf-8', /^# HELP /],
    ['/proxyMode', 200, 'text/plain; charset=utf-8', /^iptables$/],
    ['/rules?service=default/web', 200, 'text/plain; charset=utf-8', /^IPv4 on node node-a/],
    ['/rules?service=default%2Fweb', 200, 'text/plain; charset=utf-8', /\n-A KUBE-SERVICES /],
    [
      '/rules?service=default/none',
      404,
      'text/plain; charset=utf-8',
      /^no rules of Service default\/none on this node/,
    ],
    ['/rules', 400, 'text/plain; charset=utf-8', /NAMESPACE\/NAME/],
    ['/rules?service=', 400, 'text/plain; charset=utf-8', /NAMESPACE\/NAME/],
    ['/rules?service=web', 400, 'text/plain; charset=utf-8', /NAMESPACE\/NAME/],
    ['/rules?service=a/b&service=c/d', 400, 'text/plain; charset=utf-8', /NAMESPACE\/NAME/],
    ['/rules?service=<script>/x', 400, 'text/plain; charset=utf-8', /^ask/],
    ['/rules?service=%00%ff/../etc', 400, 'text/plain; charset=utf-8', /^ask/],
    ['/', 404, 'text/plain; charset=utf-8', /\/metrics/],
    ['//evil/metrics', 404, 'text/plain; charset=utf-8', /\/metrics/],
    ['/healthz/x', 404, 'text/plain; charset=utf-8', /\/livez/],
  ] as const;

  it.each(table)('%s', async (page, status, type, body) => {
    const { url } = await start();
    const response = await fetch(url(page));
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe(type);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    const text = await response.text();
    expect(text).toMatch(body);
    const head = await fetch(url(page), { method: 'HEAD' });
    expect(head.status).toBe(status);
    // What the counters say of the process differs from one page to the next.
    if (page !== '/metrics') expect(head.headers.get('content-length')).toBe(String(Buffer.byteLength(text)));
    expect(await head.text()).toBe('');
  });

  it('wait for the first state', async () => {
    const { url } = await start({ compiled: () => undefined });
    for (const page of ['/rules?service=default/web', '/proxyMode']) expect((await fetch(url(page))).status).toBe(503);
  });

  it('say so when they cannot be made, and the next one can', async () => {
    const { url } = await start({
      compiled: () => {
        throw new Error('out of order');
      },
    });
    const response = await fetch(url('/rules?service=default/web'));
    expect([response.status, await response.text()]).toEqual([500, 'this page cannot be made: out of order\n']);
    expect((await fetch(url('/metrics'))).status).toBe(200);
  });
});

describe('a broken request', () => {
  const table = [
    ['another method', 'POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc', 'HTTP/1.1 405'],
    ['no HTTP', '\x16\x03\x01\x02\x00\x01\r\n\r\n', 'HTTP/1.1 400'],
    ['a proxy request', 'GET http://example.com/healthz HTTP/1.1\r\nHost: x\r\n\r\n', 'HTTP/1.1 400'],
    ['an asterisk', 'OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n', 'HTTP/1.1 405'],
    ['a very long header', `GET /healthz HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`, 'HTTP/1.1 431'],
    ['no host', 'GET /healthz HTTP/1.1\r\n\r\n', 'HTTP/1.1 400'],
    ['HTTP/1.0', 'GET /healthz HTTP/1.0\r\n\r\n', 'HTTP/1.1 200'],
    ['brackets', 'GET /[:]%%% HTTP/1.1\r\nHost: x\r\n\r\n', 'HTTP/1.1 404'],
  ] as const;

  it.each(table)('%s', async (_, request, answer) => {
    const { url, healthzPort = 0 } = await start();
    expect((await talk(healthzPort, request)).slice(0, 12)).toBe(answer);
    expect((await fetch(url('/healthz'))).status).toBe(200);
  });
});

/** What a server at a port answers to some bytes. */
function talk(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
    socket.on('data', (data) => {
      heard += String(data);
      socket.destroy();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(heard));
  });
}

describe('the addresses', () => {
  it('are said to be taken, and nothing listens then', async () => {
    const { metricsPort = 0 } = await start();
    const taken = startServers(
      { healthz: LOOPBACK, metrics: { host: '127.0.0.1', port: metricsPort } },
      { ...(await servedByNobody()) },
    );
    await expect(taken).rejects.toThrow(
      `metricsBindAddress: port ${metricsPort} of 127.0.0.1 is taken by another program (does kube-proxy, or another vipc, still run?)`,
    );
  });

  it('can be none', async () => {
    const servers = await startServers({}, await servedByNobody());
    expect(servers).toEqual({ close: expect.any(Function) });
    await servers.close();
  });

  it('are of both families when the host is 0.0.0.0, as in Go', async () => {
    const servers = await startServers({ healthz: { host: '0.0.0.0', port: 0 } }, await servedByNobody());
    running.push(servers);
    expect((await fetch(`http://127.0.0.1:${servers.healthzPort}/healthz`)).status).toBe(200);
  });
});

async function servedByNobody(): Promise<Served> {
  return {
    health: proxyHealth(1),
    nodeEligible: () => true,
    metrics: newMetrics(),
    compiled: () => undefined,
  };
}
