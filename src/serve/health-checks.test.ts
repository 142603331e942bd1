/**
 * health-checks: what a load balancer hears on the health-check node port of a Service.
 */
import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Resolved } from '../backends/backend.js';
import { parseCidr } from '../ip.js';
import type { Options } from '../options.js';
import type { SmallService } from '../testing/cases/small-cluster.js';
import { smallProgram } from '../testing/cases/small-program.js';
import { freePort } from '../testing/run/ports.js';
import { type HealthChecks, healthChecks } from './health-checks.js';

let healthy = true;
let checks: HealthChecks = healthChecks(() => healthy);
afterEach(async () => {
  await checks.close();
  checks = healthChecks(() => healthy);
  healthy = true;
});

const local = (healthCheckNodePort: number) => ({ externalTrafficPolicy: 'Local', healthCheckNodePort });

function serve(services: readonly SmallService[], options?: Partial<Options>): readonly Resolved[] {
  return smallProgram(services, options).resolved;
}

/** Of some pods in some state. */
function web(port: number, pods: Pick<SmallService, 'ready' | 'terminating'>, spec: object = {}): SmallService {
  return { name: 'web', number: 1, ...pods, spec: { ...local(port), ...spec } };
}

async function ask(port: number, host = '127.0.0.1', path = '/') {
  const response = await fetch(`http://${host}:${port}${path}`);
  const weight = response.headers.get('x-load-balancing-endpoint-weight');
  return { status: response.status, weight, body: await response.json() };
}

describe('a health-check node port', () => {
  // web has two ports, TCP and UDP, in both families: an endpoint is a pod, however many of these it serves.
  const table = [
    ['two endpoints here', { ready: ['pod1', 'pod2', 'remote'] }, true, 200, 2],
    ['one here', { ready: ['pod1', 'remote'] }, true, 200, 1],
    ['none here', { ready: ['remote'] }, true, 503, 0],
    ['none at all', {}, true, 503, 0],
    ['one here that terminates, serving still', { ready: ['remote'], terminating: ['pod1'] }, true, 503, 0],
    ['endpoints here, but the rules lag behind', { ready: ['pod1', 'pod2'] }, false, 503, 2],
  ] as const;

  it.each(table)('%s', async (_, pods, isHealthy, status, localEndpoints) => {
    const port = await freePort();
    expect(await checks.update(serve([web(port, pods)]))).toEqual([]);
    healthy = isHealthy;
    expect(await ask(port, '127.0.0.1', '/healthz')).toEqual({
      status,
      weight: String(localEndpoints),
      body: { service: { namespace: 'default', name: 'web' }, localEndpoints, serviceProxyHealthy: isHealthy },
    });
  });

  it('counts an address once that has several ports', async () => {
    const port = await freePort();
    const resolved = serve([web(port, { ready: ['pod1'] }, { ipFamilies: ['IPv4'], clusterIPs: ['10.96.1.1'] })]);
    expect(resolved.flatMap(({ ports }) => ports)).toHaveLength(2);
    await checks.update(resolved);
    expect(await ask(port)).toMatchObject({ weight: '1' });
  });

  it('follows the Services', async () => {
    const [first, second] = [await freePort(), await freePort()];
    const db: SmallService = { name: 'db', number: 2, ready: ['pod1'], spec: local(first) };
    await checks.update(serve([web(first, { ready: ['pod1'] })]));
    await checks.update(serve([web(first, { ready: ['pod1', 'pod2'] })]));
    expect(await ask(first)).toMatchObject({ body: { service: { name: 'web' }, localEndpoints: 2 } });
    await checks.update(serve([web(second, { ready: ['pod1'] }), db]));
    expect(await ask(second)).toMatchObject({ body: { service: { name: 'web' }, localEndpoints: 1 } });
    expect(await ask(first)).toMatchObject({ body: { service: { name: 'db' } } });
    await checks.update(serve([db]));
    await expect(ask(second)).rejects.toThrow();
    await checks.close();
    await expect(ask(first)).rejects.toThrow();
  });

  it('is served where node ports are', async () => {
    const port = await freePort();
    const cidr = parseCidr('127.0.0.2/32');
    const machine = { hostname: 'node-a', addresses: ['127.0.0.1', '127.0.0.2', '192.168.7.2'] };
    const options = { nodePortAddresses: cidr ? [cidr] : [], nodeAddresses: ['127.0.0.2'], machine };
    expect(await checks.update(serve([web(port, { ready: ['pod1'] })], options))).toEqual([]);
    expect(await ask(port, '127.0.0.2')).toMatchObject({ status: 200 });
    await expect(ask(port, '127.0.0.1')).rejects.toThrow();
  });

  it('that is taken is a problem until it is free, and not one of the others', async () => {
    const [taken, free] = [await freePort(), await freePort()];
    const other = createServer().listen(taken);
    await new Promise((resolve) => other.once('listening', resolve));
    const db: SmallService = { name: 'db', number: 2, ready: ['pod1'], spec: local(free) };
    const resolved = serve([web(taken, { ready: ['pod1'] }), db]);
    const problem = `healthCheckNodePort of Service default/web: port ${taken} is taken by another program`;
    expect(await checks.update(resolved)).toEqual([problem]);
    expect(await checks.update(resolved)).toEqual([problem]);
    expect(await ask(free)).toMatchObject({ status: 200 });
    await new Promise((resolve) => other.close(resolve));
    expect(await checks.update(resolved)).toEqual([]);
    expect(await ask(taken)).toMatchObject({ status: 200 });
  });

  it('may be updated while it is updated', async () => {
    const port = await freePort();
    const resolved = serve([web(port, { ready: ['pod1'] })]);
    const problems = await Promise.all([checks.update(resolved), checks.update([]), checks.update(resolved)]);
    expect(problems.flat()).toEqual([]);
    expect(await ask(port)).toMatchObject({ status: 200 });
  });
});
