/**
 * `vipc compile` on the command line: streams and exit code.
 */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from '../testing/cases/cases.js';
import { vipc } from '../testing/run/vipc.js';

const WEB = `${ROOT}fixtures/tour/web/cluster.yaml`;
const DUAL = `${ROOT}fixtures/input/dual-stack/cluster.yaml`;
const INVALID = `${ROOT}fixtures/invalid/service-fields/cluster.yaml`;

describe('vipc compile', () => {
  const golden = readFileSync(`${ROOT}golden/tour/web/iptables.rules`, 'utf8');

  it('prints the rules of one family, and nothing else, to standard output', async () => {
    expect(await vipc(['compile', WEB])).toEqual({ code: 0, stdout: golden, stderr: '' });
  });

  it('reads a pipe', async () => {
    const yaml = readFileSync(WEB, 'utf8');
    expect(await vipc(['compile'], yaml)).toEqual({ code: 0, stdout: golden, stderr: '' });
    expect(await vipc(['compile', '-'], yaml)).toEqual({ code: 0, stdout: golden, stderr: '' });
  });

  it('refuses an empty pipe rather than compile an empty cluster', async () => {
    expect(await vipc(['compile'], '')).toMatchObject({ code: 1, stdout: '' });
  });

  it('says when there are rules of the other family', async () => {
    const { stdout, stderr } = await vipc(['compile', DUAL, '--node', 'node-a', '--family', 'ipv6']);
    expect(stdout).toContain('-d fd00:10:96::1/128');
    expect(stderr).toMatch(/^note: 3 ServicePorts are ipv4 and not shown: --family ipv4, or -o DIR for both$/m);
  });

  it('prints every artifact of ipvs mode under its name', async () => {
    const { stdout } = await vipc(['compile', WEB, '--mode', 'ipvs', '--node-address', '10.1.2.3']);
    expect(stdout.match(/^### .*/gm)).toEqual([
      '### sysctl.conf',
      '### ipset.rules',
      '### iptables.rules',
      '### ipvsadm.rules',
      '### addresses.rules',
    ]);
    expect(stdout).toContain('\n-A -t 10.96.0.41:80 -s rr\n-a -t 10.96.0.41:80 -r 10.244.1.5:8080 -m -w 1\n');
    expect(stdout.match(/^-A -t .*:30080 /gm)).toEqual(['-A -t 10.1.2.3:30080 ', '-A -t 192.168.7.2:30080 ']);
    expect(stdout).not.toContain('KUBE-6-');
    const ipv6 = await vipc(['compile', WEB, '--mode', 'ipvs', '--family', 'ipv6']);
    expect(ipv6.stdout).toContain('KUBE-6-CLUSTER-IP');
    expect(ipv6.stdout).not.toContain('10.96.0.41');
    const json = await vipc(['compile', WEB, '--mode', 'ipvs', '--format', 'json']);
    const objects = json.stdout.split(/\n(?=\{"(?:sysctls|sets|family|virtualServers|device)")/);
    expect(objects.map((text) => Object.keys(JSON.parse(text) as object)[0])).toEqual([
      'sysctls',
      'sets',
      'family',
      'virtualServers',
      'device',
      'device',
    ]);
  });

  it('says that no node port is served without an address of the node, and leaves Services out that no node may have', async () => {
    const lonely = readFileSync(WEB, 'utf8').replaceAll('InternalIP', 'Hostname');
    const { stderr } = await vipc(['compile', '--mode', 'ipvs', '--node', 'node-a'], lonely);
    expect(stderr).toMatch(/no ipv4 address of the node is known: 1 node port is not served\n.*--node-address/);
    const refused = `${ROOT}fixtures/ipvs/vip-refused/cluster.yaml`;
    const { code, stdout } = await vipc(['compile', refused, '--mode', 'ipvs', '--skip-invalid']);
    expect(code).toBe(0);
    expect(stdout).not.toMatch(/^(add|address add|-A -t) /m);
  });

  it('asks which node when there are several', async () => {
    const { code, stderr } = await vipc(['compile', DUAL]);
    expect(stderr).toMatch(/the snapshot has 2 Nodes[^]*--node NAME[^]*node-a, node-b/);
    expect(code).toBe(1);
  });

  it('takes options from flags before those of the file', async () => {
    const argv = ['compile', WEB, '--masquerade-all', '--nodeport-addresses', '192.168.0.0/16,10.0.0.0/8'];
    const { stdout } = await vipc([...argv, '--node-address', '10.1.2.3']);
    expect(stdout).toContain('-A KUBE-SVC-CDGGSHYLG3RE2FKL -d 10.96.0.41/32 -p tcp');
    expect(stdout).toMatch(/-d 10\.1\.2\.3\/32 .*-j KUBE-NODEPORTS/);
    expect(stdout).toMatch(/-d 192\.168\.7\.2\/32 .*-j KUBE-NODEPORTS/);
  });

  it('prints data that says the same', async () => {
    const { stdout } = await vipc(['compile', WEB, '--format', 'json']);
    const { family, tables } = JSON.parse(stdout) as {
      family: string;
      tables: { name: string; chains: { name: string; rules: unknown[] }[] }[];
    };
    expect(family).toBe('ipv4');
    const chains = tables.flatMap((table) =>
      table.chains.map(({ name, rules }) => [`${table.name} ${name}`, rules.length]),
    );
    const lines = golden.split('\n').filter((line) => line.startsWith('-A '));
    expect(chains.reduce((sum, [, rules]) => sum + Number(rules), 0)).toBe(lines.length);
    expect(chains).toContainEqual(['nat KUBE-SVC-CDGGSHYLG3RE2FKL', 2]);
  });

  it('shows every error with its place, and no rules', async () => {
    const { code, stdout, stderr } = await vipc(['compile', INVALID]);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/cluster\.yaml:16:13: error: Service default\/ports: spec\.ports\[0\]\.port /);
    expect(stderr).toMatch(/16 \| {7}port: 70000.*\n +\| {13}\^/);
    expect(stderr).toMatch(/^14 errors$/m);
  });

  it('compiles what is sound with --skip-invalid', async () => {
    const { code, stdout, stderr } = await vipc(['compile', INVALID, '--skip-invalid']);
    expect(code).toBe(0);
    expect(stdout.match(/-d 10\.96\.0\.\d+/g)).toEqual(['-d 10.96.0.6']);
    expect(stderr).toMatch(/^15 warnings/m);
  });

  it('colours a terminal only, and not with NO_COLOR', async () => {
    const csi = '\u001b[';
    expect((await vipc(['compile', INVALID], undefined, { NO_COLOR: '' })).stderr).toContain(csi);
    expect((await vipc(['compile', INVALID])).stderr).not.toContain(csi);
    expect((await vipc(['compile', INVALID], '')).stderr).not.toContain(csi);
  });

  it('lists what it skipped with -v', async () => {
    const file = `${ROOT}fixtures/input/other-kinds-and-lists/cluster.yaml`;
    const quiet = await vipc(['compile', file, '--node', 'node-a']);
    expect(quiet.stderr).toMatch(/note.*-v/);
    const { stderr } = await vipc(['compile', file, '--node', 'node-a', '-v']);
    expect(stderr).toMatch(/Job/);
    expect(stderr).toMatch(/ConfigMap/);
  });
});
