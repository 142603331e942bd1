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
