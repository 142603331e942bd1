/**
 * vipc trace --rules: rules of dumps, of any program.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TRACE_CLUSTER } from '../testing/cases/trace-cluster.js';
import { vipc } from '../testing/run/vipc.js';

let directory = '';
let cluster = '';

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'vipc-trace-'));
  cluster = join(directory, 'cluster.yaml');
  writeFileSync(cluster, TRACE_CLUSTER);
});
afterAll(() => rmSync(directory, { recursive: true }));

function ask(from: string, to: string, ...more: readonly string[]) {
  return vipc(['trace', '--from', from, '--to', to, ...more, ...(more.includes('--rules') ? [] : [cluster])]);
}

/** Docker's rules, which match interfaces. */
const DOCKER = `*nat
:PREROUTING ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:DOCKER - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
:DOCKER-USER - [0:0]
-A FORWARD -j DOCKER-USER
-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -d 172.17.0.2/32 -p tcp -m tcp --dport 80 -j ACCEPT
-A DOCKER-USER -s 198.51.100.0/24 -m limit --limit 3/sec -j DROP
-A DOCKER-USER -j RETURN
COMMIT
`;

describe('rules of a dump', () => {
  const dump = () => {
    const path = join(directory, 'docker');
    writeFileSync(path, DOCKER);
    return path;
  };

  it.each<[string, string, readonly string[], number, string]>([
    ['outside', '192.168.7.2:8080', ['--in-interface', 'eth0'], 0, 'reaches 172.17.0.2:80, source address kept'],
    ['outside', 'node:8080', [], 1, 'depends on ! -i docker0'],
    [
      '172.17.0.9',
      '192.168.7.2:8080',
      ['--in-interface', 'docker0'],
      0,
      'no rule of a Service acts on it: it goes to the',
    ],
    ['172.17.0.9', 'node:8080', ['--in-interface', 'docker0'], 1, 'is not served: no rule of a Service acts on it'],
    ['outside', '10.0.0.1:80', [], 1, 'is dropped by the policy of filter FORWARD'],
    ['198.51.100.7', '192.168.7.2:8080', ['--in-interface', 'eth0'], 1, 'depends on -m limit --limit 3/sec'],
    ['192.0.2.7', '10.0.0.1:80', ['--in-interface', 'eth0'], 1, 'is dropped by the policy of filter FORWARD'],
  ])('%s to %s %j', async (from, to, more, code, sentence) => {
    const answer = await ask(from, to, ...more, '--rules', dump(), '--node-address', '192.168.7.2');
    expect(answer.stderr).toBe('');
    expect(answer.code).toBe(code);
    expect(answer.stdout).toContain(sentence);
  });

  it('a directory that compile wrote is the same as the snapshot', async () => {
    for (const mode of ['iptables', 'ipvs']) {
      const out = join(directory, mode);
      await vipc(['compile', '--mode', mode, '--node', 'node-a', '-o', out, cluster]);
      const question = ['trace', '--mode', mode, '--node', 'node-a', '--from', 'pod/client', '--to', 'svc/prod/db:sql'];
      const compiled = await vipc([...question, cluster]);
      const read = await vipc([...question, '--rules', out, cluster]);
      expect(read).toEqual(compiled);
      expect(read.stdout).toContain('(prod/db:sql)');
      expect(read.code).toBe(0);
    }
  });

  it('rules that no dump has are told as missing', async () => {
    const out = mkdtempSync(join(directory, 'part-'));
    await vipc(['compile', '--mode', 'ipvs', '--node', 'node-a', '-o', out, cluster]);
    rmSync(join(out, 'iptables.rules'));
    const question = ['trace', '--node', 'node-a', '--from', 'pod/client', '--to', 'svc/prod/db:sql'];
    const { stdout, stderr } = await vipc([...question, '--rules', out, cluster]);
    expect(stdout).toContain('source address kept');
    expect(stderr).toContain(
      'warning: no dump has rules of IPv4: whether they masquerade, drop or refuse the packet is not',
    );
    expect(stderr).toContain('  give what iptables-save prints with --rules');
    expect(await vipc([...question, '--strict', '--rules', out, cluster])).toMatchObject({ code: 2, stdout: '' });
  });

  it('a member that can be none is told at its place', async () => {
    const sets = join(directory, 'sets');
    writeFileSync(sets, 'create s hash:ip,port family inet hashsize 1024 maxelem 65536\nadd s 10.0.0.1,tcp:99999\n');
    const { code, stderr } = await ask('outside', '10.0.0.1:80', '--rules', dump(), '--rules', sets);
    expect(code).toBe(2);
    expect(stderr.replaceAll(directory, 'in')).toBe(
      'in/sets:2:16: error: the port of tcp:99999 is above 65535\n' +
        '    2 | add s 10.0.0.1,tcp:99999\n      |                ^\n1 error\n',
    );
  });

  it('names need a snapshot beside it', async () => {
    const { code, stderr } = await vipc(['trace', '--from', 'outside', '--to', 'svc/web', '--rules', dump()]);
    expect(code).toBe(2);
    expect(stderr).toContain('error: svc/web is a name, and there is no snapshot to look it up in\n');
  });

  it('the node’s addresses are asked for', async () => {
    const asked = await vipc(['trace', '--from', 'outside', '--to', '192.168.7.2:8080', '--rules', dump()]);
    expect(asked.stderr).toContain('warning: which addresses the node has is not known');
    const none = await vipc(['trace', '--from', 'node', '--to', '192.168.7.2:8080', '--rules', dump()]);
    expect(none).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('error: which addresses the node has is not known'),
    });
  });

  it.each([
    ['not there', () => join(directory, 'nothing'), /^error: .*nothing/],
    ['a manifest', () => cluster, /^error: .*cluster\.yaml is a manifest\n/],
    [
      'a directory without a dump',
      () => mkdirSync(join(directory, 'none'), { recursive: true }) ?? join(directory, 'none'),
      /^error: .*none has no file/,
    ],
  ])('%s', async (_, path, message) => {
    const { code, stdout, stderr } = await ask('outside', '10.0.0.1:80', '--rules', path());
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });
});

it('a directory of directories with rules says which of them to name', async () => {
  const nodes = mkdtempSync(join(directory, 'nodes-'));
  const add = (name: string, file: string, text: string) => {
    mkdirSync(join(nodes, name), { recursive: true });
    writeFileSync(join(nodes, name, file), text);
  };
  add('a', 'saved', DOCKER);
  add('docs', 'read.me', 'words');
  const told = async (argv: readonly string[]) => {
    const { code, stdout, stderr } = await vipc(argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    return stderr.replaceAll(nodes, 'nodes').replaceAll('"', '');
  };
  const verify = ['verify', nodes, join(nodes, 'a')];
  const below = (found: string) => `error: nodes has no rules itself, but ${found}`;
  const one = below('a directory with rules is in it: nodes/a\n  name that one\n');
  expect(await told(verify)).toBe(one);
  add('b', 'vipc-capture', 'vipc-capture 1\n');
  add('b', 'addresses.json', '[]\n');
  const two = below(
    '2 directories with rules are in it: nodes/a, nodes/b\n  name one of them: each stands for one node\n',
  );
  expect(await told(verify)).toBe(two);
  expect(await told(['trace', '--from', 'outside', '--to', '10.0.0.1:80', '--rules', nodes])).toBe(two);
  // Beside a manifest they belong to a snapshot.
  add('docs', 'cluster.yaml', TRACE_CLUSTER);
  expect(await told(verify)).not.toContain('no rules itself');
});

it('rules of a large cluster are not all shown', async () => {
  const rules = Array.from(
    { length: 300 },
    (_, i) => `-A KUBE-SERVICES -d 10.96.1.${i % 250}/32 -p udp -j RETURN\n`,
  ).join('');
  const path = join(directory, 'many');
  writeFileSync(
    path,
    `*nat\n:PREROUTING ACCEPT [0:0]\n:KUBE-SERVICES - [0:0]\n-A PREROUTING -j KUBE-SERVICES\n${rules}COMMIT\n`,
  );
  const { stdout } = await ask('10.1.1.1', '10.2.2.2:80', '--rules', path, '--node-address', '192.168.7.2', '-v');
  expect(stdout).toContain('KUBE-SERVICES, none of whose 300 rules is for it');
  expect(stdout).toContain('and 200 more (--format json -v has all)');
  expect(stdout.split('\n').filter((line) => line.includes('fails at'))).toHaveLength(100);
});
