/**
 * Several nodes in one run: a folder for each, and nodes with the same changes reported together.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { vipc } from '../testing/run/vipc.js';

const CLUSTER = `
apiVersion: v1
kind: Service
metadata: {name: shop}
spec: {clusterIP: 10.96.0.9, type: NodePort, externalTrafficPolicy: Local, selector: {app: shop}, ports: [{name: http, port: 80, targetPort: 8080, nodePort: 30080}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: shop-1, labels: {kubernetes.io/service-name: shop}}
addressType: IPv4
ports: [{name: http, port: 8080}]
endpoints:
- {addresses: [10.1.1.1], nodeName: node-a}
- {addresses: [10.1.2.1], nodeName: node-b}
${['node-a', 'node-b', 'node-c', 'node-d'].map((name) => `---\n{apiVersion: v1, kind: Node, metadata: {name: ${name}}}`).join('\n')}
`;

let directory = '';
const made: string[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vipc-'));
  made.push(directory);
});
afterAll(() => {
  for (const each of made) rmSync(each, { recursive: true });
});

describe('compile', () => {
  it('writes a folder for each node, as compile for that node alone does', async () => {
    const { code, stderr } = await vipc(['compile', '--all-nodes', '-o', directory], CLUSTER);
    expect(code).toBe(0);
    expect(readdirSync(directory).sort()).toEqual(['node-a', 'node-b', 'node-c', 'node-d']);
    expect(stderr.split('\n').filter((line) => line.startsWith('wrote'))).toEqual([
      `wrote ${directory}/* of node-a`,
      `wrote ${directory}/* of node-b`,
      `wrote ${directory}/* of node-c, node-d, whose rules are alike`,
    ]);
    await vipc(['compile', '--node', 'node-b', '-o', join(directory, 'alone')], CLUSTER);
    for (const file of readdirSync(join(directory, 'alone'))) {
      const [one, other] = ['alone', 'node-b'].map((folder) => readFileSync(join(directory, folder, file), 'utf8'));
      expect(other).toBe(one);
    }
  });

  it('checks them, nodes with the same changes in one group', async () => {
    const nodes = ['--node', 'node-a', '--node', 'node-c', '--node', 'node-d'];
    await vipc(['compile', ...nodes, '-o', directory], CLUSTER);
    const check = ['compile', ...nodes, '--check', directory];
    expect(await vipc(check, CLUSTER)).toMatchObject({ code: 0, stdout: '', stderr: `${directory} is up to date\n` });
    const fewer = CLUSTER.replace('- {addresses: [10.1.1.1], nodeName: node-a}\n', '');
    const { code, stdout } = await vipc(check, fewer);
    expect(code).toBe(1);
    const summary = stdout.split('\n').filter((line) => /^(nodes? |[~+-] default| {4}endpoints)/.test(line));
    expect(summary).toEqual([
      'node node-a:',
      '~ default/shop:http  traffic 1 endpoint of Local → dropped: no endpoint on this node (NodePort)',
      '    endpoints - 10.1.1.1:8080',
      'nodes node-c, node-d:',
      '~ default/shop:http  endpoints - 10.1.1.1:8080',
    ]);
    const data = JSON.parse((await vipc([...check, '--format', 'json'], fewer)).stdout) as {
      nodes: string[];
      summary: { nodes: string[] }[];
      changes: { nodes: string[] }[];
    };
    expect(data.nodes).toEqual(['node-a', 'node-c', 'node-d']);
    expect(data.summary.map(({ nodes }) => nodes)).toEqual([['node-a'], ['node-c', 'node-d']]);
    expect(new Set(data.changes.map(({ nodes }) => nodes.join()))).toEqual(new Set(['node-a', 'node-c,node-d']));
  });

  it('tells nodes once whose endpoints stand elsewhere', async () => {
    await vipc(['compile', '--all-nodes', '-o', directory], CLUSTER);
    const cluster = CLUSTER.replace(', type: NodePort, externalTrafficPolicy: Local', '').replace(
      ', nodePort: 30080',
      '',
    );
    const more = cluster.replace(
      '- {addresses: [10.1.2.1], nodeName: node-b}',
      '$&\n- {addresses: [10.1.2.2], nodeName: node-b}',
    );
    const [a, b] = ['a.yaml', 'b.yaml'].map((name) => join(directory, name)) as [string, string];
    writeFileSync(a, cluster);
    writeFileSync(b, more);
    const { code, stdout } = await vipc(['diff', '--all-nodes', '--format', 'json', a, b]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).summary).toMatchObject([{ nodes: ['node-a', 'node-b', 'node-c', 'node-d'] }]);
  });

  it('fails for folders of nodes that are gone, and for files of a lone node', async () => {
    await vipc(['compile', '--all-nodes', '-o', directory], CLUSTER);
    await vipc(['compile', '--node', 'node-a', '-o', directory], CLUSTER);
    const fewer = CLUSTER.replace(/---\n\{apiVersion: v1, kind: Node, metadata: \{name: node-d\}\}/, '');
    const { code, stdout } = await vipc(['compile', '--all-nodes', '--check', directory], fewer);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^- node node-d$/m);
    expect(stdout).toMatch(/^- iptables.rules is not compiled any more: delete it$/m);
  });

  it('prints the table of each', async () => {
    const { stdout } = await vipc(['compile', '--format', 'resolved', '--node', 'node-a', '--node', 'node-c'], CLUSTER);
    expect(stdout.match(/^IPv4 on node .*$/gm)).toEqual([
      'IPv4 on node node-a: 1 ServicePort',
      'IPv4 on node node-c: 1 ServicePort',
    ]);
    expect(stdout).toMatch(/NodePort {3}\*:30080 {7}Local .* DROP: no endpoints on this node/);
  });

  it('says what is common to nodes once, and that there are none', async () => {
    const { stderr } = await vipc(
      ['compile', '--node', 'x', '--node', 'y', '-o', directory],
      CLUSTER.replace('clusterIP: 10.96.0.9, ', ''),
    );
    expect(stderr.match(/has no cluster IP/g)).toHaveLength(1);
    expect(stderr.match(/is not in the snapshot/g)).toHaveLength(2);
    const none = await vipc(
      ['compile', '--all-nodes', '-o', directory],
      CLUSTER.replace(/---\n\{apiVersion: v1, kind: Node.*/g, ''),
    );
    expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining('has no Node') });
  });
});

describe('diff', () => {
  it('of all nodes tells those that only one side has', async () => {
    await vipc(['compile', '--all-nodes', '-o', directory], CLUSTER);
    const file = join(directory, 'a.yaml');
    writeFileSync(file, CLUSTER);
    const { code, stdout } = await vipc(['diff', '--all-nodes', file, '-'], CLUSTER.replaceAll('node-d', 'node-e'));
    expect(code).toBe(1);
    expect(stdout).toBe('node node-d:\n- node node-d\n\nnode node-e:\n+ node node-e\n');
    expect(await vipc(['diff', '--all-nodes', file, file])).toMatchObject({ code: 0, stdout: '' });
  });
});
