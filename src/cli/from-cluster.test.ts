/**
 * Commands that read a cluster: their requests, and their output.
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { asked, config, dump, home, paths, RULES, reading, SHOP, server, WEB } from '../testing/run/shop.js';
import { vipc } from '../testing/run/vipc.js';

describe('a cluster and the same objects in a pipe are the same to', () => {
  it.each([
    [['compile', '--node', 'node-a'], RULES],
    [['compile', '--node', 'node-a', '--mode', 'ipvs', '--format', 'json'], RULES],
    [['get'], ['Service', 'EndpointSlice']],
    [
      ['get', '-A', '-o', 'wide'],
      ['Service', 'EndpointSlice', 'Ingress'],
    ],
    [['get', '-n', 'shop', '-o', 'yaml'], ['Service']],
    [['dns'], ['Service', 'EndpointSlice', 'Namespace']],
    [
      ['dns', 'web', '--from-namespace', 'default'],
      ['Service', 'EndpointSlice', 'Namespace'],
    ],
    [
      ['dns', '10-1-2-3.shop.pod', '--from-namespace', 'default'],
      ['Service', 'EndpointSlice', 'Namespace'],
    ],
    [['env'], ['Service']],
    [['env', '-n', 'shop'], ['Service']],
  ] as const)('%j', async (argv, kinds) => {
    const read = await reading(...argv);
    const piped = await vipc(argv, dump(...kinds));
    expect({ code: read.code, stdout: read.stdout }).toEqual({ code: piped.code, stdout: piped.stdout });
    expect(read.stdout).not.toBe('');
  });

  it('describe, but for places', async () => {
    const read = await reading('describe', 'svc/cart', '-n', 'shop');
    const piped = await vipc(['describe', 'svc/cart', '-n', 'shop'], dump(...RULES, 'Pod', 'Ingress'));
    expect(read.stdout).toContain('Defined at: cluster test: Service shop/cart\n');
    expect(read.stdout).toMatch(/front .*cluster test: Ingress shop\/front/);
    expect(read.stdout).toMatch(
      / {2}cluster test: Ingress shop\/front: note: it leads to [^\n]*\n {4}cluster test: Service shop\/cart: the Serv/,
    );
    const lines = (text: string) =>
      text.split('\n').filter((line) => !/<stdin>|cluster test|^ *(\d+ )?\||^ +AT|INGRESS|^---/.test(line));
    expect(lines(read.stdout)).toEqual(lines(piped.stdout));
  });

  it('lint, but for places', async () => {
    const argv = ['lint', '--severity', 'note', '--format', 'json'];
    const piped = await vipc(argv, dump(...RULES, 'Pod', 'Namespace', 'Ingress', 'NetworkPolicy'));
    const read = await reading(...argv);
    type Found = readonly { readonly code: string; readonly object: string; readonly file: string | null }[];
    const found = (text: string) => (JSON.parse(text) as Found).map(({ code, object }) => `${code} ${object}`).sort();
    expect(found(read.stdout)).toEqual(found(piped.stdout));
    expect(found(read.stdout).length).toBeGreaterThan(0);
    expect((JSON.parse(read.stdout) as Found).map(({ file }) => file)).toEqual(found(piped.stdout).map(() => null));
  });

  it('explain, but for places', async () => {
    const read = await reading('explain', 'svc/cart', '-n', 'shop');
    const piped = await vipc(['explain', 'svc/cart', '-n', 'shop'], dump(...RULES, 'Pod', 'Ingress'));
    expect(read.stdout).toMatch(/^shop\/cart /);
    expect(read.stdout).toMatch(/Defined at: +cluster test: Service shop\/cart\n/);
    const lines = (text: string) => text.split('\n').filter((line) => !/<stdin>|cluster test/.test(line));
    expect(lines(read.stdout)).toEqual(lines(piped.stdout));
    expect(read.code).toBe(piped.code);
  });
});

describe('what is asked for', () => {
  it.each([
    [
      ['compile', '--node', 'node-a'],
      ['services', 'endpointslices', 'nodes'],
    ],
    [['get'], ['namespaces/default/services', 'namespaces/default/endpointslices']],
    [['get', '-o', 'name'], ['namespaces/default/services']],
    [
      ['get', '-A', '-o', 'wide'],
      ['services', 'endpointslices', 'ingresses'],
    ],
    [['get', '-n', 'shop', '-o', 'yaml'], ['namespaces/shop/services']],
    [
      ['describe', 'svc/cart', '-n', 'shop'],
      [
        ...['services', 'endpointslices', 'pods', 'ingresses', 'networkpolicies'].map(
          (name) => `namespaces/shop/${name}`,
        ),
        'nodes',
      ],
    ],
    [
      ['explain', 'svc/cart', '-n', 'shop'],
      [
        ...['services', 'endpointslices', 'pods', 'nodes', 'networkpolicies', 'ingresses'],
        ...['deployments', 'statefulsets', 'daemonsets', 'namespaces'],
      ],
    ],
    [
      ['lint'],
      [
        ...['services', 'endpointslices', 'pods', 'nodes', 'networkpolicies', 'ingresses', 'namespaces'],
        ...['servicecidrs', 'ipaddresses', 'deployments', 'statefulsets', 'daemonsets'],
      ],
    ],
    [['dns'], ['services', 'endpointslices', 'namespaces', 'serviceimports']],
    [
      ['env', '-n', 'shop'],
      ['namespaces/shop/services', 'namespaces/default/services'],
    ],
  ] as const)('by %j', async (argv, expected) => {
    await reading(...argv);
    expect(paths().sort()).toEqual([...expected].sort());
  });

  it('in pages of 500', async () => {
    for (let i = 0; i < 1200; i++) {
      server.put({ ...SHOP[0], metadata: { name: `s${i}`, namespace: 'many' }, spec: { clusterIP: 'None' } });
    }
    const { stdout } = await reading('get', '-n', 'many', '-o', 'name');
    expect(stdout.split('\n')).toHaveLength(1201);
    expect(asked()).toEqual([
      '/api/v1/namespaces/many/services {"limit":"500"}',
      expect.stringMatching(/"limit":"500","continue":/),
      expect.stringMatching(/"limit":"500","continue":/),
    ]);
  });
});

describe('an object with errors', () => {
  it('is named without lines of what nobody wrote', async () => {
    server.put({ ...SHOP[0], metadata: { name: 'bad', namespace: 'shop' }, spec: { type: 'Sideways' } });
    const { code, stdout, stderr } = await reading('compile', '--node', 'node-a', '--mode', 'iptables');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^cluster test: Service shop\/bad: error: spec\.type must be one of [^\n]*\n/);
    expect(stderr).not.toMatch(/\^|<stdin>|:1:\d/);
  });
});

describe('vipc diff', () => {
  it('compares a cluster with a PATH', async () => {
    expect(await vipc(['diff', '--kubeconfig', config, '--node', 'node-a', WEB])).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/shop\/cart[^]*- /),
    });
    const file = join(home, 'dump.json');
    writeFileSync(file, dump(...RULES));
    expect(await vipc(['diff', '--kubeconfig', config, '--node', 'node-a', file])).toMatchObject({
      code: 0,
      stdout: '',
    });
  });
});

describe('vipc allocate', () => {
  const manifest = (name: string, spec: object) =>
    JSON.stringify({ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'shop' }, spec });
  const allocate = (text: string) => vipc(['allocate', '--kubeconfig', config, '-'], text);

  it('keeps what a Service has in the cluster', async () => {
    const { code, stdout, stderr } = await allocate(manifest('cart', { ports: [{ port: 80 }] }));
    expect({ code, spec: JSON.parse(stdout).spec }).toEqual({
      code: 0,
      spec: expect.objectContaining({ clusterIP: '10.96.0.60' }),
    });
    expect(stdout).not.toContain('synthetic');
    expect(stderr).toContain('filled in what the cluster has; nothing is made up\n');
  });

  it('gives a new one nothing that the cluster uses', async () => {
    const alone = JSON.parse((await vipc(['allocate', '-'], manifest('new', { ports: [{ port: 80 }] }))).stdout);
    const taken = { ...SHOP[0], metadata: { name: 'taker' }, spec: { ...alone.spec, ports: [{ port: 80 }] } };
    server.put(taken);
    const beside = JSON.parse((await allocate(manifest('new', { ports: [{ port: 80 }] }))).stdout);
    expect(beside.spec.clusterIP).toMatch(/^10\./);
    expect(beside.spec.clusterIP).not.toBe(alone.spec.clusterIP);
  });

  it('refuses what the cluster uses', async () => {
    const { code, stderr } = await allocate(manifest('new', { clusterIP: '10.96.0.60', ports: [{ port: 80 }] }));
    expect(code).toBe(1);
    expect(stderr).toMatch(/<stdin>:1:\d+: error: Service shop\/new[^\n]*10\.96\.0\.60/);
    expect(stderr).toMatch(/ {2}cluster test: Service shop\/cart: /);
  });
});
