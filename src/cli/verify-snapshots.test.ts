/**
 * vipc verify between snapshots, and between what is compiled of them: node ports, modes and layouts.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { ROOT } from '../testing/cases/cases.js';
import { vipc } from '../testing/run/vipc.js';

const WEB = `${ROOT}fixtures/tour/web/cluster.yaml`;

const directory = mkdtempSync(join(tmpdir(), 'vipc-verify-'));
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, text: string): string {
  writeFileSync(join(directory, name), text);
  return join(directory, name);
}

describe('node ports', () => {
  const SERVICES = `${ROOT}fixtures/packets/services/`;

  it('one that is changed is told by its Service, once for each kind', async () => {
    const text = readFileSync(`${SERVICES}cluster.yaml`, 'utf8').replace('nodePort: 30084', 'nodePort: 31999');
    const argv = ['verify', '-c', `${SERVICES}config.yaml`, `${SERVICES}cluster.yaml`, file('node-port.yaml', text)];
    const { stdout, code } = await vipc(argv);
    expect(code).toBe(1);
    expect(stdout.match(/^\S.* on .*$/gm)?.filter((line) => !line.startsWith('checked'))).toEqual([
      'default/denied:tcp: node port 30084/tcp no longer served on 192.168.7.2 and 2 more addresses',
      'default/denied:tcp: node port 30084/tcp now dropped on 127.0.0.1 and 1 more address',
      'default/denied:tcp: node port 31999/tcp newly served on 192.168.7.2 and 2 more addresses',
    ]);
  });

  it('those of many Services that one option changes are one difference', async () => {
    const dumpOf = async (name: string, config: string) => {
      const argv = ['compile', '--family', 'ipv4', '-c', file(`${name}.yaml`, config), `${SERVICES}cluster.yaml`];
      return file(name, (await vipc(argv)).stdout);
    };
    const config = readFileSync(`${SERVICES}config.yaml`, 'utf8');
    const sides = [
      await dumpOf('with', config),
      await dumpOf('without', `${config}\niptables: {localhostNodePorts: false}\n`),
    ];
    const { stdout } = await vipc(['verify', '--family', 'ipv4', '--node-address', '192.168.7.2', ...sides]);
    const served = readFileSync(sides[0] ?? '', 'utf8').match(/^-A KUBE-NODEPORTS .* -j KUBE-EXT-/gm) ?? [];
    // That of default/local-elsewhere is dropped where it is not translated.
    const told = `\n${served.length - 1} node ports no longer served on 127.0.0.1 and 1 more address\n`;
    expect(stdout).toContain(told);
    expect(stdout.match(/ no longer served /g)).toHaveLength(1);
  });
});

describe('modes and layouts of one side', () => {
  it.each([
    ['a mode of A', ['--mode-a', 'ipvs'], 1, /^different: /],
    ['a mode of B', ['--mode-b', 'ipvs'], 1, /^different: /],
    ['of both', ['--mode', 'ipvs', '--mode-a', 'iptables', '--mode-b', 'iptables'], 0, /^equal: /],
    ['the layout of all', ['--layout-a', 'kube-proxy', '--layout-b', 'kube-proxy'], 0, /^equal: /],
    ['a layout beside a mode', ['--mode-a', 'ipvs', '--mode-b', 'ipvs', '--layout-b', 'kube-proxy'], 0, /^equal: /],
  ] as const)('%s', async (_, flags, code, text) => {
    const result = await vipc(['verify', WEB, WEB, ...flags]);
    expect(result).toMatchObject({ code, stderr: '' });
    expect(result.stdout).toMatch(text);
  });

  it.each(['--layout-a', '--layout-b', '--mode-a', '--mode-b'])('%s takes known names only', async (flag) => {
    const { code, stdout, stderr } = await vipc(['verify', WEB, WEB, flag, 'other']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(flag);
  });
});

it.each([
  ['a snapshot', 'cluster.yaml', 0, /^equal: /, ''],
  ['a dump', '*filter\n:FORWARD ACCEPT [0:0]\nCOMMIT\n', 1, /^different: /, ''],
  ['nothing', '', 2, /^$/, 'error: <stdin> holds neither rules nor a Kubernetes object'],
])('standard input is recognised by its content: %s', async (_, text, code, said, error) => {
  const stdin = text === 'cluster.yaml' ? readFileSync(WEB, 'utf8') : text;
  const result = await vipc(['verify', '--family', 'ipv4', WEB, '-'], stdin);
  expect(result.code).toBe(code);
  expect(result.stdout).toMatch(said);
  expect(result.stderr).toContain(error);
});
