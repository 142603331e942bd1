import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { ROOT } from '../testing/cases/cases.js';
import { vipc } from '../testing/run/vipc.js';

const WEB = `${ROOT}fixtures/tour/web/cluster.yaml`;
const text = readFileSync(WEB, 'utf8');
const directory = mkdtempSync(join(tmpdir(), 'vipc-'));
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

const moved = file('moved.yaml', text.replace('10.244.2.6', '10.244.2.7'));
const renamed = file('renamed.yaml', text.replace('nodePort: 30080', 'nodePort: 30081'));

const RANGE = `apiVersion: networking.k8s.io/v1
kind: ServiceCIDR
metadata:
  name: kubernetes
spec:
  cidrs: [10.96.0.0/12]
`;

describe('vipc diff --by effect', () => {
  it('tells what changes for connections, and exits with 1', async () => {
    expect(await vipc(['diff', '--by', 'effect', WEB, moved])).toEqual({
      code: 1,
      stdout:
        'lost    default/web:http  endpoint 10.244.2.6:8080 gone (was 1/2 of new connections)\n' +
        'gained  default/web:http  endpoint 10.244.2.7:8080 new (1/2 of new connections)\n',
      stderr: '',
    });
    expect((await vipc(['diff', '--by', 'effect', WEB, renamed])).stdout).toBe(
      'refused  default/web:http  NodePort 192.168.7.2:30080 is no longer served\n' +
        'gained   default/web:http  NodePort 192.168.7.2:30081 is served\n',
    );
  });

  it.each(['iptables', 'ipvs', 'nftables'])(
    'in %s mode and each layout, whatever elements ports share',
    async (mode) => {
      const ports = '    - name: https\n      port: 443\n      targetPort: 8443\n';
      const [a, b] = [text, text.replace('10.244.2.6', '10.244.2.7')].map((each, i) =>
        file(
          `two-${i}.yaml`,
          each
            .replace('      nodePort: 30080\n', `      nodePort: 30080\n${ports}`)
            .replace('    port: 8080\n', '    port: 8080\n  - name: https\n    port: 8443\n'),
        ),
      );
      for (const layout of mode === 'nftables' ? ['kube-proxy', 'fast'] : ['kube-proxy']) {
        const { code, stdout } = await vipc([
          'diff',
          '--by',
          'effect',
          '--mode',
          mode,
          '--layout',
          layout,
          `${a}`,
          `${b}`,
        ]);
        expect([code, stdout.replace(/ +/g, ' ').split('\n')]).toEqual([
          1,
          [
            'lost default/web:http endpoint 10.244.2.6:8080 gone (was 1/2 of new connections)',
            'lost default/web:https endpoint 10.244.2.6:8443 gone (was 1/2 of new connections)',
            'gained default/web:http endpoint 10.244.2.7:8080 new (1/2 of new connections)',
            'gained default/web:https endpoint 10.244.2.7:8443 new (1/2 of new connections)',
            '',
          ],
        ]);
      }
    },
  );

  it.each(['iptables', 'nftables'])('in %s mode, of a rule that all Services share', async (mode) => {
    const other = file('node.yaml', text.replace('podCIDR: 10.244.1.0/24', 'podCIDR: 10.244.3.0/24'));
    const head = 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n';
    const config = file('local.yaml', `${head}detectLocalMode: NodeCIDR\n`);
    const { code, stdout } = await vipc(['diff', '--by', 'effect', '-c', config, '--mode', mode, WEB, other]);
    expect([code, stdout]).toEqual([
      1,
      'changed  default/web:http  source address of pods of this node to 10.96.0.41:80 kept\n',
    ]);
  });

  it('says so when only a rule of no Service differs', async () => {
    const nowhere = file('nowhere.yaml', text.slice(0, text.indexOf('---\napiVersion: v1\nkind: Service')));
    const other = file('range.yaml', `${readFileSync(nowhere, 'utf8')}---\n${RANGE}`);
    const { code, stdout } = await vipc(['diff', '--by', 'effect', '--mode', 'nftables', nowhere, other]);
    expect([code, stdout]).toEqual([1, 'only rules of no Service differ, and no new connection does\n']);
  });

  it('says so when rules differ and no connection does', async () => {
    const liberal = file('config.yaml', 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n');
    const [a, b] = [text, text.replace('name: web-1', 'name: web-2')].map((each, i) => file(`${i}.yaml`, each));
    expect(await vipc(['diff', '--by', 'effect', '-c', liberal, `${a}`, `${b}`])).toEqual({
      code: 0,
      stdout: '',
      stderr: 'no difference\n',
    });
  });

  it('as data beside the difference by rule', async () => {
    const byRule = JSON.parse((await vipc(['diff', '--format', 'json', WEB, moved])).stdout) as object;
    const { code, stdout } = await vipc(['diff', '--by', 'effect', '--format', 'json', WEB, moved]);
    const { effects, ...rest } = JSON.parse(stdout) as { effects: readonly object[] };
    expect([code, rest]).toEqual([1, byRule]);
    expect(effects).toEqual([
      {
        service: 'default/web:http',
        family: 'ipv4',
        severity: 'lost',
        text: 'endpoint 10.244.2.6:8080 gone (was 1/2 of new connections)',
      },
      expect.objectContaining({ severity: 'gained' }),
    ]);
  });

  it.each([
    ['markdown', /^\| effect \| ServicePort \| what changes \|\n\| -+ \| -+ \| -+ \|\n\| lost \|/],
    ['github', /^::warning title=default\/web%3Ahttp::endpoint 10\.244\.2\.6:8080 gone/],
  ])('%s', async (format, expected) => {
    const { code, stdout } = await vipc(['diff', '--by', 'effect', '--format', format, WEB, moved]);
    expect([code, stdout]).toEqual([1, expect.stringMatching(expected)]);
    expect(await vipc(['diff', '--format', format, WEB, moved])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/goes with --by effect/),
    });
  });

  it('node by node', async () => {
    const [a, b] = [text, text.replace('10.244.2.6', '10.244.2.7')].map((each, i) =>
      file(`nodes-${i}.yaml`, `${each}---\napiVersion: v1\nkind: Node\nmetadata: {name: node-z}\n`),
    );
    const { stdout } = await vipc(['diff', '--by', 'effect', '--all-nodes', `${a}`, `${b}`]);
    expect(stdout).toMatch(/^nodes node-a, node-z:\nlost {4}default\/web:http {2}endpoint 10\.244\.2\.6:8080 gone/);
  });
});
