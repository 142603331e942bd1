/**
 * The command line: streams and exit code.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from '../testing/cases/cases.js';
import { vipc } from '../testing/run/vipc.js';

const WEB = `${ROOT}fixtures/tour/web/cluster.yaml`;
const DUAL = `${ROOT}fixtures/input/dual-stack/cluster.yaml`;
const INVALID = `${ROOT}fixtures/invalid/service-fields/cluster.yaml`;

describe('vipc', () => {
  it('tells its version', async () => {
    const { version } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { version: string };
    expect(await vipc(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it.each([
    ['no command', [], 2, /Usage: vipc/],
    ['an unknown command', ['compil'], 2, /Did you mean compile/],
    ['an unknown option', ['compile', '--nod', 'x'], 2, /Did you mean --node/],
    ['several clusters', ['report', '--cluster', 'a=b'], 2, /compile, dns and lint read several[^]*trace --rules DIR/],
    ['several clusters', ['explain', 'svc/a', '--cluster=a=b'], 2, /compile, dns and lint read several/],
    ['a family that is none', ['compile', '--family', 'ipv5'], 2, /Allowed choices are ipv4, ipv6/],
    ['no input on a terminal', ['compile'], 2, /nothing to read: name a file, or pipe one in/],
    ['-o and --check', ['compile', WEB, '-o', 'x', '--check', 'x'], 2, /either -o or --check/],
    [
      '--format json and -o',
      ['compile', WEB, '-o', 'x', '--format', 'json'],
      2,
      /--format json is for standard output/,
    ],
    [
      'rules of several nodes to standard output',
      ['compile', DUAL, '--all-nodes'],
      2,
      /each of several nodes has rules of its own/,
    ],
    ['all nodes and one', ['compile', DUAL, '--all-nodes', '--node', 'a'], 2, /either --node or --all-nodes/],
    ['standard input twice', ['diff', '-', '-'], 2, /standard input can be one of the two only/],
    [
      'a domain of a label that is too long',
      ['dns', WEB, '--domain', 'a'.repeat(64)],
      2,
      /--domain must be a DNS name/,
    ],
    [
      'a folder that is no name',
      ['compile', DUAL, '--node', 'a', '--node', '../b', '-o', 'x'],
      2,
      /'..\/b' is invalid. The name of a Node is/,
    ],
    [
      'a table in a directory',
      ['compile', WEB, '-o', 'x', '--format', 'resolved'],
      2,
      /--format resolved is for standard/,
    ],
    [
      'a layout that is none',
      ['compile', WEB, '--layout', 'slow'],
      2,
      /'slow' is invalid. Allowed choices are kube-proxy, fast/,
    ],
    [
      'a mode that is none',
      ['compile', WEB, '--mode', 'ebpf'],
      2,
      /'ebpf' is invalid. Allowed choices are iptables, ipvs/,
    ],
    ['an address that is none', ['compile', WEB, '--node-address', '1.2.3'], 2, /"1.2.3" is not an IP address/],
    [
      'a cluster CIDR that is none',
      ['compile', WEB, '--cluster-cidr', '10.0.0.0/33'],
      2,
      /--cluster-cidr must be a network/,
    ],
    [
      'a configuration that is not there',
      ['compile', WEB, '-c', 'none.yaml'],
      2,
      /the configuration: "none.yaml" does not exist/,
    ],
    [
      '-o json where --format json is meant',
      ['compile', WEB, '-o', 'json'],
      2,
      /Was --format json meant\?.* is .\/json\./,
    ],
    ['-o -', ['compile', WEB, '-o', '-'], 2, /without -o the output goes to standard output/],
    ['-o yaml of zones', ['dns', WEB, '-o', 'yaml'], 2, /Was --format json meant\?/],
    [
      'a configuration that is something else',
      ['compile', WEB, '-c', WEB],
      1,
      /it has "Node", "Service", "EndpointSlice"/,
    ],
    ['an argument that is empty', ['compile', ''], 2, /an argument is empty/],
    ['a file that is not there', ['compile', 'none.yaml'], 2, /"none.yaml" does not exist\n1 error/],
  ] as const)('refuses %s', async (_, argv, code, message) => {
    const result = await vipc(argv);
    expect(result.stderr).toMatch(message);
    expect(result.stdout).toBe('');
    expect(result.code).toBe(code);
  });

  it('shows help with an example that works', async () => {
    const { code, stdout } = await vipc(['compile', '--help']);
    const [, example = ''] = /^ {2}vipc (compile \S+)$/m.exec(stdout) ?? [];
    expect(code).toBe(0);
    expect(await vipc(example.split(' '))).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('help', () => {
  const MODES = /--mode <MODE>[^]*?\(choices:\s+"iptables",\s+"ipvs",\s+"nftables",\s+"userspace"\)/;
  const LAYOUTS = /--layout <LAYOUT>[^]*?\(choices:\s+"kube-proxy",\s+"fast"\)/;

  it.each(['compile', 'diff', 'apply', 'sync'])('of %s lists modes and layouts', async (command) => {
    const { stdout } = await vipc([command, '--help']);
    expect(stdout).toMatch(MODES);
    expect(stdout).toMatch(LAYOUTS);
  });

  it.each([
    [
      'diff',
      /^Usage: vipc diff \[options\] A B\n {7}vipc diff --live \[options\] \[PATH...\]\n[^]*\n {2}A B +two snapshots/,
    ],
    ['cleanup', /--dry-run +only list what is left, and change nothing/],
    ['cleanup', /vipc cleanup --dry-run\n/],
  ])('of %s says %s', async (command, text) => {
    expect((await vipc([command, '--help'])).stdout).toMatch(text);
  });

  it('shows no old name', async () => expect((await vipc(['cleanup', '--help'])).stdout).not.toMatch(/--plan/));
});

describe('vipc diff', () => {
  it('finds no difference between a snapshot and itself', async () => {
    expect(await vipc(['diff', WEB, WEB])).toEqual({ code: 0, stdout: '', stderr: 'no difference\n' });
  });

  it('shows by Service what changes from one snapshot to the other', async () => {
    const changed = readFileSync(WEB, 'utf8').replace('10.244.2.6', '10.244.2.7');
    const { code, stdout } = await vipc(['diff', WEB, '-'], changed);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^~ default\/web:http {2}endpoints .*\n\n1 ServicePort: 4 lines added, 4 removed\n\+ only in B, - only in A\n\ndefault\/web:http\n {2}resolved IPv4\n/,
    );
    expect(stdout).toMatch(/^ {4}\+ -A KUBE-SVC-\S+ .*10\.244\.2\.7/m);
  });

  it('says the same as data', async () => {
    const changed = readFileSync(WEB, 'utf8').replace('10.244.2.6', '10.244.2.7');
    const { code, stdout } = await vipc(['diff', '--format', 'json', '--mode', 'ipvs', WEB, '-'], changed);
    const { same, changes } = JSON.parse(stdout) as { same: boolean; changes: readonly Record<string, unknown>[] };
    expect({ code, same }).toEqual({ code: 1, same: false });
    expect(changes).toContainEqual({
      service: 'default/web:http',
      what: 'ipvsadm -t 10.96.0.41:80',
      removed: ['-a -t 10.96.0.41:80 -r 10.244.2.6:8080 -m -w 1'],
      added: ['-a -t 10.96.0.41:80 -r 10.244.2.7:8080 -m -w 1'],
    });
  });

  it.each([
    ['several nodes of a live one', ['diff', '--live', '--all-nodes', WEB], 2, /take at most one --node/],
    ['one snapshot', ['diff', WEB], 2, /name two snapshots to compare, or one with --live/],
    ['three', ['diff', WEB, WEB, WEB], 2, /name two snapshots/],
    ['one that is not there', ['diff', WEB, 'nowhere.yaml'], 2, /nowhere\.yaml/],
    ['one with errors', ['diff', WEB, INVALID], 1, /service-fields\/cluster\.yaml:\d+:\d+: error/],
    ['a namespace that is not there', ['diff', '--live', '--netns', 'vipc-nowhere', WEB], 2, /vipc-nowhere/],
    ['no such variant', ['apply', '--iptables', 'nftables', WEB], 2, /Allowed choices are auto, nft, legacy/],
    ['no number of seconds', ['apply', '--wait', 'long', WEB], 2, /whole number of seconds/],
    ['a path to clean up', ['cleanup', WEB], 2, /too many arguments/],
  ])('%s', async (_, argv, code, message) => {
    const result = await vipc(argv);
    expect({ code: result.code, stdout: result.stdout }).toEqual({ code, stdout: '' });
    expect(result.stderr).toMatch(message);
  });
});
