/**
 * vipc explain: its argument, its exit codes, and the page about an address.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { Explanation } from '../explain/types.js';
import { ROOT } from '../testing/cases/cases.js';
import { vipc } from '../testing/run/vipc.js';
import { subjectOf } from './subject.js';

const fixture = (name: string) => `${ROOT}fixtures/explain/${name}.yaml`;
const WEB = `${ROOT}fixtures/tour/web/cluster.yaml`;

describe('what it is asked about', () => {
  it.each([
    ['svc/web', { kind: 'service', name: 'web' }],
    ['services/web', { kind: 'service', name: 'web' }],
    ['pod/web-1', { kind: 'pod', name: 'web-1' }],
    ['po/web-1', { kind: 'pod', name: 'web-1' }],
    ['10.96.0.41', { kind: 'address', ip: { text: '10.96.0.41' } }],
    ['10.96.0.41:80', { kind: 'address', ip: { text: '10.96.0.41' }, port: 80 }],
    ['[fd00::1]:443', { kind: 'address', ip: { text: 'fd00::1' }, port: 443 }],
    ['fd00::1', { kind: 'address', ip: { text: 'fd00::1' } }],
  ])('%s', (text, subject) => expect(subjectOf(text)).toMatchObject(subject));

  it.each([
    'web',
    'svc/',
    'svc/a/b/c',
    'svc//b',
    'constructor/x',
    'toString/web',
    '10.96.0.41:0',
    '10.96.0.41:99999',
    '10.96.0',
    '',
  ])('%j is nothing', (text) => {
    expect(() => subjectOf(text)).toThrow(/is nothing to explain: name svc\/NAME/);
  });
});

describe('exit codes', () => {
  it.each([
    ['fine', 0, ['svc/web', WEB]],
    ['a problem', 1, ['svc/web', fixture('selector-typo')]],
    ['a remark', 0, ['svc/web', fixture('target-port-numbers')]],
    ['a pod that no Service selects', 1, ['pod/web-1', fixture('selector-typo')]],
    ['a Service by its namespace', 0, ['svc/default/web', '-n', 'elsewhere', WEB]],
    ['a Service of another namespace', 2, ['svc/elsewhere/web', WEB]],
    ['a pod that is fine', 0, ['pod/web-1', fixture('host-port').replace('host-port', 'protocol-pods')]],
    ['an address that nobody has', 1, ['192.0.2.99', WEB]],
    ['a Service that is not there', 2, ['svc/wbe', WEB]],
    ['a file that is not there', 2, ['svc/web', 'no/such/file.yaml']],
  ])('%s: %i', async (_, expected, args) => {
    const { code, stdout, stderr } = await vipc(['explain', ...args], '');
    expect({ code, hasAnswer: stdout !== '' }).toEqual({ code: expected, hasAnswer: expected !== 2 });
    expect(stderr).toMatch(expected === 2 ? /./ : /^$/);
  });

  it('DNS names are in the domain of the cluster', async () => {
    const { code, stdout } = await vipc(['explain', 'svc/web', '--domain', 'k8s.example.', WEB], '');
    expect(code).toBe(0);
    expect(stdout).toMatch(/ web\.default\.svc\.k8s\.example +10\.96\.0\.41/);
    expect(stdout).not.toContain('cluster.local');
  });

  it('the settings of the proxy decide what clients get', async () => {
    const plain = await vipc(['explain', 'svc/web', WEB], '');
    const all = await vipc(['explain', 'svc/web', '--masquerade-all', WEB], '');
    expect(plain.stdout).toMatch(/pod elsewhere +\d, kept/);
    expect(all.stdout).toMatch(/pod elsewhere +\d, changed/);
  });

  it('a Service of the clusterset has a page, and its name in the zone of the clusterset', async () => {
    const dump = `${ROOT}fixtures/clusters/one-dump/dump.yaml`;
    const { code, stdout } = await vipc(['explain', 'svc/web--clusterset', '-n', 'shop', dump], '');
    expect(code).toBe(0);
    expect(stdout).toMatch(/ web\.shop\.svc\.clusterset\.local +10\.112\.0\.20/);
    expect(stdout).not.toContain('cluster.local');
  });

  it('what the proxy mode does not serve is a problem, as on the page of vipc report', async () => {
    const cluster = `${ROOT}fixtures/packets/services/cluster.yaml`;
    const found = async (...mode: readonly string[]) => {
      const { stdout } = await vipc(
        ['explain', 'svc/web', cluster, '--node', 'node-a', '--format', 'json', ...mode],
        '',
      );
      return (JSON.parse(stdout) as Explanation).findings.map(({ code }) => code);
    };
    expect(await found('--mode', 'userspace')).toContain('sctp-unsupported');
    expect(await found()).not.toContain('sctp-unsupported');
  });

  it('a node that is not in the input is a warning', async () => {
    const { code, stderr } = await vipc(['explain', 'svc/web', '--node', 'nobody', WEB], '');
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/^warning: Node "nobody" is not in/) });
  });

  it('a name that is nearly right, or in another namespace, is proposed', async () => {
    expect((await vipc(['explain', 'svc/wbe', WEB])).stderr).toContain('did you mean web?');
    expect((await vipc(['explain', 'svc/web', '-n', 'shop', WEB])).stderr).toContain(
      'there is one in default: -n default',
    );
  });
});

describe('whose an address is', () => {
  it.each([
    ['10.96.0.41:80', WEB, '10.96.0.41 is the cluster IP of Service default/web'],
    ['10.96.0.41:81', WEB, '10.96.0.41 is the cluster IP of Service default/web, which has no port 81 (it has 80/TCP)'],
    [
      '192.168.7.2:30080',
      WEB,
      '192.168.7.2 is the InternalIP of Node node-a; and 30080 is a node port of Service default/web',
    ],
    ['10.244.1.5', WEB, '10.244.1.5 is the endpoint of Service default/web, in EndpointSlice default/web-x1'],
    ['10.244.1.77', WEB, '10.244.1.77 is in the pod network of Node node-a'],
    ['10.244.1.5', fixture('selector-typo'), '10.244.1.5 is the address of Pod default/web-1'],
    [
      '203.0.113.20',
      fixture('duplicate-address'),
      '203.0.113.20 is the external IP of Service default/web; and the external IP of Service default/api',
    ],
    ['203.0.113.10:80', fixture('affinity'), '203.0.113.10 is the load balancer address of Service default/web'],
    ['192.0.2.99', WEB, '192.0.2.99 is the address of nothing in this input'],
    ['127.0.0.1', WEB, '127.0.0.1 is the loopback address of each node'],
    [
      '127.0.0.1:30080',
      WEB,
      '127.0.0.1 is the loopback address of each node; and 30080 is a node port of Service default/web',
    ],
    [
      '127.0.0.1:32000',
      fixture('external-local'),
      '127.0.0.1 is the loopback address of each node; and 32000 is the health check node port of Service default/web',
    ],
    [
      '[::1]:30080',
      WEB,
      '::1 is the loopback address of each node; and 30080 is a node port of Service default/web, which is not served there',
    ],
  ])('%s', async (address, file, verdict) => {
    const { stdout } = await vipc(['explain', address, file, '--format', 'json'], '');
    const answer = JSON.parse(stdout) as { verdict: string } | { verdict: string }[];
    expect((Array.isArray(answer) ? answer[0] : answer)?.verdict).toBe(verdict);
  });
});

describe('a node port on loopback', () => {
  const directory = mkdtempSync(join(tmpdir(), 'vipc-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  const OF = '127.0.0.1 is the loopback address of each node; and 30080 is a node port of Service default/web';
  const NOT = `${OF}, which is not served there`;

  it.each([
    ['iptables', '', 0, OF],
    ['iptables', 'iptables: {localhostNodePorts: false}', 1, NOT],
    ['iptables', 'nodePortAddresses: [192.168.7.0/24]', 1, NOT],
    ['iptables', 'nodePortAddresses: [127.0.0.0/8]', 0, OF],
    ['ipvs', '', 1, NOT],
    ['nftables', '', 1, NOT],
    ['nftables', 'nodePortAddresses: [127.0.0.0/8]', 0, OF],
  ])('%s mode, %s', async (mode, setting, expected, verdict) => {
    const config = join(directory, 'config.yaml');
    const kind = 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n';
    writeFileSync(config, `${kind}${setting}\n`);
    const args = ['explain', '127.0.0.1:30080', WEB, '--format', 'json', '--mode', mode, '-c', config];
    const { code, stdout } = await vipc(args);
    const [page, web] = JSON.parse(stdout) as { subject: string; verdict: string }[];
    expect([code, page?.verdict, web?.subject]).toEqual([expected, verdict, 'Service default/web']);
  });
});

it('a cluster with errors elsewhere is explained all the same, and the errors are told', async () => {
  const broken = `${readFileSync(fixture('selector-typo'), 'utf8')}---\napiVersion: v1\nkind: Service\nmetadata: {name: other}\nspec: {ports: [{port: 0}]}\n`;
  const { code, stdout, stderr } = await vipc(['explain', 'svc/web', '-'], broken);
  expect({ code, first: stdout.split('\n', 1) }).toMatchObject({
    code: 1,
    first: [expect.stringContaining('default/web serves nobody: its selector')],
  });
  expect(stderr).toMatch(/error: Service default\/other: spec.ports\[0\].port must be/);
});

it('errors of the Service that is asked for are told', async () => {
  const broken = readFileSync(fixture('selector-typo'), 'utf8').replace('port: 80,', 'port: 0,');
  const { code, stderr } = await vipc(['explain', 'svc/web', '-'], broken);
  expect(code).toBe(2);
  expect(stderr).toMatch(/spec.ports\[0\].port must be/);
});
