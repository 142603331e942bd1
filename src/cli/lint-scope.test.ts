/**
 * `vipc lint --node`, and of several clusters.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { vipc } from '../testing/run/vipc.js';

const HEAD = 'apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec:\n';
const BROKEN = `${HEAD}  clusterIP: 10.96.0.10\n  ports: [{ port: 80000 }]\n`;

let directory = '';
const file = (name: string, text: string): string => {
  writeFileSync(join(directory, name), text);
  return join(directory, name);
};
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'vipc-lint-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

describe('--node', () => {
  const NODES = ['node-a', 'node-b']
    .map(
      (name, i) =>
        `{apiVersion: v1, kind: Node, metadata: {name: ${name}}, status: {addresses: [{type: InternalIP, address: 192.0.2.${i + 1}}]}}`,
    )
    .join('\n---\n');
  const SLICE =
    '{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: web-1, labels: {kubernetes.io/service-name: web}}, ' +
    'addressType: IPv4, ports: [{port: 80}], endpoints: [{addresses: [10.244.1.5], nodeName: node-a}]}';
  const LOCAL = `${HEAD}  clusterIP: 192.0.2.2\n  internalTrafficPolicy: Local\n  ports: [{ port: 80 }]\n`;
  const all = [NODES, SLICE, LOCAL].join('\n---\n');
  const codesOf = async (argv: readonly string[], input: string) => {
    const { stdout } = await vipc(['lint', '--format', 'json', ...argv], input);
    return (JSON.parse(stdout) as readonly { code: string; message: string }[]).map(({ code, message }) => [
      code,
      /Nodes?\b.*/.exec(message)?.[0].replace(/:.*/, ''),
    ]);
  };

  it.each<readonly [string, readonly string[], string, readonly (readonly [string, string])[]]>([
    [
      'all',
      [],
      all,
      [
        ['vip-on-node', 'Node node-b'],
        ['local-without-endpoints', 'Nodes (node-b)'],
      ],
    ],
    ['the one with an endpoint', ['--node', 'node-a'], all, []],
    [
      'the other',
      ['--node', 'NODE-B'],
      all,
      [
        ['vip-on-node', 'Node node-b'],
        ['local-without-endpoints', 'Node node-b'],
      ],
    ],
    ['without Nodes in the input', ['--node', 'node-a'], [SLICE, LOCAL].join('\n---\n'), []],
    [
      'with an address that the input lacks',
      ['--node', 'node-a', '--node-address', '192.0.2.2'],
      [SLICE, LOCAL].join('\n---\n'),
      [['vip-on-node', 'Node node-a']],
    ],
  ])('%s', async (_, argv, input, expected) =>
    expect([...(await codesOf(argv, input))].sort()).toEqual([...expected].sort()),
  );

  it.each([
    ['a name that is not there', ['--node', 'node-x'], 'did you mean node-a?'],
    ['an address of no node', ['--node-address', '192.0.2.9'], '--node-address goes with --node'],
    ['no address', ['--node', 'node-a', '--node-address', 'x'], 'must be an IP address'],
  ])('%s', async (_, argv, says) => {
    const { code, stdout, stderr } = await vipc(['lint', ...argv], all);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(says);
  });
});

describe('several clusters', () => {
  const exported = (type: string) =>
    `${HEAD}  clusterIP: 10.96.0.10\n  externalIPs: [203.0.113.10]\n  sessionAffinity: ${type}\n  ports: [{ port: 80 }]\n---\n` +
    '{apiVersion: multicluster.x-k8s.io/v1alpha1, kind: ServiceExport, metadata: {name: web}}\n';

  it('each has its findings, and what they share too', async () => {
    const [east, west] = [file('east.yaml', exported('None')), file('west.yaml', exported('ClientIP'))];
    const argv = ['lint', '--format', 'json', '--cluster', `east=${east}`, '--cluster', `west=${west}`];
    const { code, stdout } = await vipc(argv, '');
    const found = (JSON.parse(stdout) as readonly { code: string; file: string }[]).map(
      (each) => `${each.code} ${each.file?.replace(/.*\//, '')}`,
    );
    expect(code).toBe(1);
    expect(found.filter((each) => each.startsWith('external-ips'))).toEqual([
      'external-ips east.yaml',
      'external-ips west.yaml',
    ]);
    expect(found.filter((each) => each.startsWith('mcs-conflict')).length).toBeGreaterThan(0);
    expect(new Set(found).size).toBe(found.length);
  });

  it('comments of each are heard', async () => {
    const ignored = exported('None').replace('[203.0.113.10]', '[203.0.113.10] # vipc-ignore: external-ips');
    const argv = ['--cluster', `east=${file('east.yaml', ignored)}`, '--cluster', `west=${file('west.yaml', ignored)}`];
    expect(await vipc(['lint', ...argv], '')).toMatchObject({ code: 0, stdout: 'nothing found\n' });
  });

  it.each([
    ['an error of one', (name: string) => ['--cluster', `east=${name}`, '--cluster', `west=${file('x.yaml', BROKEN)}`]],
    ['a file that is not there', (name: string) => ['--cluster', `east=${name}`, '--cluster', 'west=/no/such/file']],
    ['a PATH beside', (name: string) => ['--cluster', `east=${name}`, name]],
  ])('%s is trouble', async (_, argv) =>
    expect((await vipc(['lint', ...argv(file('east.yaml', exported('None')))], '')).code).toBe(2),
  );
});
