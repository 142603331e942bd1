/**
 * vipc get and vipc describe: where traffic to a Service goes, and its problems.
 */
import { describe, expect, it } from '@jest/globals';
import { ROOT } from '../testing/cases/cases.js';
import { vipc } from '../testing/run/vipc.js';

describe('what traffic gets', () => {
  const slice = (port: object) =>
    JSON.stringify({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'web-1', labels: { 'kubernetes.io/service-name': 'web' } },
      addressType: 'IPv4',
      ports: [port],
      endpoints: [{ addresses: ['10.1.1.1'], nodeName: 'node-a' }],
    });
  const ports = [
    { name: 'http', port: 80 },
    { name: 'admin', port: 81 },
  ];
  const service = (spec: object = {}) =>
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web' },
      spec: { clusterIP: '10.96.0.9', internalTrafficPolicy: 'Local', ports: ports.slice(0, 1), ...spec },
    });
  const nodes = ['node-a', 'node-b', 'node-c'].map((name) =>
    JSON.stringify({ apiVersion: 'v1', kind: 'Node', metadata: { name } }),
  );
  const input = (...objects: readonly string[]) => objects.join('\n---\n');

  it('is in a description, for nodes that do the same together, or for one', async () => {
    const yaml = input(service(), slice({ name: 'http', port: 8080 }), ...nodes);
    const { stdout } = await vipc(['describe', 'svc/web'], yaml);
    expect(stdout).toContain(
      'Traffic on node-a:\n  PORT  ADDRESS       POLICY  GOES TO\n  http  10.96.0.9:80  Local   1 endpoint of Local\n',
    );
    expect(stdout).toMatch(
      /Traffic on node-b, node-c:\n.*\n {2}http {2}10\.96\.0\.9:80 {2}Local {3}dropped: no endpoint on this node\n/,
    );
    const one = await vipc(['describe', 'svc/web', '--node', 'node-c'], yaml);
    expect(one.stdout.match(/^Traffic on .*/gm)).toEqual(['Traffic on node-c:']);
    const ipvs = await vipc(['describe', 'svc/web', '--node', 'node-c', '--mode', 'ipvs'], yaml);
    expect(ipvs.stdout).toContain('refused: no endpoint on this node');
  });

  it.each([
    ['no endpoints', {}, [], / {2}refused: no endpoint\n/],
    ['no address', { clusterIP: '' }, [], /Traffic:\n {2}not served: it has no cluster IP, so there are no rules\n/],
    ['headless', { clusterIP: 'None' }, [], /Traffic:\n {2}no virtual IP: DNS leads to the endpoints themselves\n/],
  ])('with %s', async (_, spec, others, expected) => {
    expect((await vipc(['describe', 'svc/web'], input(service(spec), ...others))).stdout).toMatch(expected);
  });

  it('counts as READY, port by port where they differ', async () => {
    const ready = async (yaml: string) => (await vipc(['get', '--no-headers'], yaml)).stdout.trim().split(/\s+/).at(-1);
    expect(await ready(input(service(), slice({ name: 'http', port: 8080 })))).toBe('1/1');
    expect(await ready(input(service(), slice({ name: 'htpp', port: 8080 })))).toBe('0/1');
    expect(await ready(input(service({ ports }), slice({ name: 'admin', port: 8081 })))).toBe('0/1,1/1');
    const named = JSON.stringify({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a', labels: { app: 'web' } },
      spec: { containers: [{ name: 'a', ports: [{ name: 'www', containerPort: 8080 }] }] },
      status: { phase: 'Running', podIP: '10.1.1.1', conditions: [{ type: 'Ready', status: 'True' }] },
    });
    const byName = service({ selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 'htpp' }] });
    const { stdout } = await vipc(['get', '--no-headers'], input(byName, named));
    expect(stdout).toMatch(/ 0\/1 /);
  });
});

describe('problems', () => {
  const WRONG = `${ROOT}fixtures/look/wrong-names/manifests.yaml`;

  it('of the Service come first and once, those of others not at all', async () => {
    const { stdout, stderr } = await vipc(['describe', '-A', WRONG]);
    const name = /Problems:[^]*?Name: +(\S+)\nNamespace: +(\S+)/.exec(stdout)?.slice(1) ?? [];
    const own = await vipc(['describe', `svc/${name[0]}`, '-n', name[1] ?? '', WRONG]);
    expect(own.stdout).toMatch(/^Problems:\n {2}\S+manifests\.yaml:\d+:\d+: warning: /);
    const lines = own.stdout.split('\n').filter((line) => line.includes(': warning: '));
    expect(new Set(lines).size).toBe(lines.length);
    expect([own.stderr, stderr]).toEqual(['', '']);
  });

  it('of one that was left out are why it is not there', async () => {
    const yaml =
      '{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {ports: [{port: 0}]}}\n---\n' +
      '{apiVersion: v1, kind: Service, metadata: {name: db}, spec: {ports: [{port: 0}]}}\n';
    const { code, stderr } = await vipc(['describe', 'svc/web', '--skip-invalid'], yaml);
    expect(code).toBe(1);
    expect(stderr).toMatch(/Service default\/web: spec\.ports\[0\]\.port/);
    expect(stderr).not.toContain('default/db');
  });

  it('policies that select endpoints are mentioned', async () => {
    const yaml =
      '{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {clusterIP: 10.96.0.9, selector: {app: web}, ports: [{port: 1}]}}\n---\n' +
      '{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny}, spec: {podSelector: {}}}\n';
    expect((await vipc(['get', '-v'], yaml)).stderr).toMatch(
      /note: .*NetworkPolicy deny \(Ingress\) selects its endpoints/,
    );
    const { stdout } = await vipc(['describe', 'svc/web'], yaml);
    expect(stdout).toMatch(
      /^Network Policies:\n {2}NAME {2}TYPES {4}SELECTS {8}AT\n {2}deny {2}Ingress {2}all endpoints/m,
    );
  });
});
