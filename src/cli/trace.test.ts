/**
 * vipc trace: exit codes, data for programs, where rules come from, and what is said of questions without an answer.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { vipc } from '../testing/run/vipc.js';

const CLUSTER = `apiVersion: v1
kind: Node
metadata: { name: node-a }
spec: { podCIDRs: [10.244.1.0/24] }
status: { addresses: [{ type: InternalIP, address: 192.168.7.2 }] }
---
apiVersion: v1
kind: Node
metadata: { name: node-b }
spec: { podCIDRs: [10.244.2.0/24] }
status: { addresses: [{ type: InternalIP, address: 192.168.7.3 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: client, namespace: default }
spec: { nodeName: node-a, containers: [{ name: c }] }
status: { phase: Running, podIPs: [{ ip: 10.244.1.9 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: agent, namespace: default }
spec: { nodeName: node-a, hostNetwork: true, containers: [{ name: c }] }
status: { phase: Running, podIPs: [{ ip: 192.168.7.2 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: pending, namespace: default }
spec: { containers: [{ name: c }] }
---
apiVersion: v1
kind: Pod
metadata: { name: db-0, namespace: prod, labels: { app: db } }
spec: { nodeName: node-b, containers: [{ name: c, ports: [{ containerPort: 5432 }] }] }
status: { phase: Running, podIPs: [{ ip: 10.244.2.6 }], conditions: [{ type: Ready, status: "True" }] }
---
apiVersion: v1
kind: Service
metadata: { name: db, namespace: prod }
spec:
  type: NodePort
  clusterIP: 10.96.0.10
  selector: { app: db }
  ports: [{ name: sql, port: 5432, nodePort: 30432 }, { name: stats, protocol: UDP, port: 53, nodePort: 30053, targetPort: 5432 }]
---
apiVersion: v1
kind: Service
metadata: { name: heads, namespace: prod }
spec: { clusterIP: None, selector: { app: db }, ports: [{ port: 5432 }] }
---
apiVersion: v1
kind: Service
metadata: { name: away, namespace: prod }
spec: { type: ExternalName, externalName: db.example.com }
---
apiVersion: v1
kind: Service
metadata: { name: empty, namespace: prod }
spec: { clusterIP: 10.96.0.11, ports: [{ port: 80 }] }
`;

let directory = '';
let cluster = '';

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'vipc-trace-'));
  cluster = join(directory, 'cluster.yaml');
  writeFileSync(cluster, CLUSTER);
});
afterAll(() => rmSync(directory, { recursive: true }));

function ask(from: string, to: string, ...more: readonly string[]) {
  return vipc(['trace', '--from', from, '--to', to, ...more, ...(more.includes('--rules') ? [] : [cluster])]);
}

describe('the answer', () => {
  it.each<[string, string, readonly string[], number, string]>([
    ['pod/client', 'svc/prod/db:sql', [], 0, 'reaches 10.244.2.6:5432, source address kept'],
    ['pod/client', 'svc/db:5432', ['-n', 'prod'], 2, ''],
    ['pod/default/client', 'svc/db:5432', ['-n', 'prod'], 0, 'reaches 10.244.2.6:5432, source address kept'],
    ['pod/client', 'db.prod:5432', [], 0, 'reaches 10.244.2.6:5432, source address kept'],
    [
      'pod/client',
      'heads.prod:5432',
      [],
      0,
      'no rule of a Service acts on it: it goes on its way to 10.244.2.6:5432, untouched',
    ],
    [
      'pod/client',
      'pod/prod/db-0:5432',
      [],
      0,
      'no rule of a Service acts on it: it goes on its way to 10.244.2.6:5432, untouched',
    ],
    ['outside', 'node/node-b:30432', [], 0, 'reaches 10.244.2.6:5432, source address becomes the node’s'],
    ['outside', 'node/node-b:30053', [], 0, 'reaches 10.244.2.6:5432, source address becomes the node’s'],
    [
      'outside',
      'node/node-b:30001',
      [],
      1,
      'is not served: no rule of a Service acts on it, and it goes to the node itself, untouched',
    ],
    [
      '10.244.1.9',
      '10.96.0.10:80',
      [],
      1,
      'is not served: no rule of a Service acts on it, and it goes on its way, untouched',
    ],
    ['pod/client', 'svc/prod/empty', [], 1, 'is refused by rule 1 of filter KUBE-SERVICES'],
    [
      'pod/agent',
      '1.1.1.1:443',
      [],
      0,
      'no rule of a Service acts on it: it goes on its way to 1.1.1.1:443, untouched',
    ],
    [
      'node/node-b',
      '192.168.7.3:22',
      [],
      0,
      'no rule of a Service acts on it: it goes to the node itself, 192.168.7.3:22, untouched',
    ],
    ['pod/client', 'svc/prod/db:sql', ['--mode', 'ipvs'], 0, 'reaches 10.244.2.6:5432, source address kept'],
    ['pod/client', 'svc/prod/empty', ['--mode', 'ipvs'], 1, 'is refused by IPVS, as no real server takes connections'],
  ])('%s to %s %j', async (from, to, more, code, sentence) => {
    const answer = await ask(from, to, ...more);
    expect({ code: answer.code, sentence: answer.stdout.split('\n')[0] }).toEqual({ code, sentence });
  });

  it.each([
    ['pod/client', 'node-a', '10.244.1.9, Pod default/client on node-a'],
    ['pod/prod/db-0', 'node-b', '10.244.2.6, Pod prod/db-0 on node-b'],
    ['10.244.2.6', 'node-b', '10.244.2.6, Pod prod/db-0 on node-b'],
    ['node/node-b', 'node-b', '192.168.7.3, node node-b'],
    ['pod/agent', 'node-a', '192.168.7.2, Pod default/agent on node-a, in its network'],
  ])('%s sends by the rules of %s', async (from, node, sender) => {
    const { stdout } = await ask(from, '10.96.0.10:5432');
    expect(stdout).toContain(`\nfrom  ${sender}\n`);
    expect(stdout).toContain(`\non    node ${node}\n`);
  });

  it('a pod that sends to itself sees the node', async () => {
    const { stdout } = await ask('pod/prod/db-0', 'svc/prod/db:sql');
    expect(stdout).toContain('10.244.2.6:5432  1      the node  prod/db-0  node-b\n');
  });

  it('why there is no endpoint is said', async () => {
    expect((await ask('outside', 'svc/prod/empty', '--node', 'node-a')).stdout).toContain('prod/empty has no endpoint');
  });
});

describe('what has no answer is trouble', () => {
  it.each<[string, string, readonly string[], string]>([
    ['pod/clients', 'svc/prod/db:sql', [], 'error: there is no Pod default/clients\n  did you mean pod/client?\n'],
    [
      'pod/db-0',
      'svc/prod/db:sql',
      ['--node', 'node-a'],
      'error: there is no Pod default/db-0\n  there is one in namespace prod: pod/prod/db-0, or -n prod\n',
    ],
    [
      'pod/pending',
      'svc/prod/db:sql',
      ['--node', 'node-a'],
      'error: Pod default/pending has no address\n  it has not started',
    ],
    [
      'pod/client',
      'svc/db',
      [],
      'error: there is no Service default/db\n  there is one in namespace prod: svc/prod/db, or -n prod\n',
    ],
    [
      'pod/client',
      'svc/prod/db',
      [],
      'error: Service prod/db has 2 ports, which one?\n  its ports: sql 5432/TCP, stats 53/UDP; write svc/db:PORT\n',
    ],
    ['pod/client', 'svc/prod/db:53', ['--protocol', 'tcp'], 'error: Service prod/db has no port 53 of protocol tcp\n'],
    ['pod/client', 'svc/prod/heads', [], 'error: Service prod/heads is headless'],
    ['pod/client', 'svc/prod/away', [], 'error: Service prod/away has 0 ports, which one?'],
    ['pod/client', 'away.prod:80', [], 'error: away.prod leads to db.example.com., which is no name of the cluster\n'],
    ['pod/client', 'db.prd:80', [], 'error: db.prd is no name of the cluster\n  there is one in namespace prod'],
    ['pod/client', 'node/node-c:80', [], 'error: there is no Node node-c\n  did you mean node/node-a?\n'],
    ['outside', '10.0.0.1:80', [], 'error: the snapshot has 2 Nodes and rules are made for one of them\n'],
    [
      '10.0.0.1',
      '[fd00::1]:80',
      ['--node', 'node-a'],
      'error: fd00::1 is an IPv6 address, and the sender has none to send from\n',
    ],
    ['outside', 'node:80', ['--live', '--rules', 'x'], 'error: use either --live or --rules, not both\n'],
    ['outside', 'node:80', ['--netns', 'x'], 'error: --netns goes with --live\n'],
  ])('%s to %s %j', async (from, to, more, message) => {
    const { code, stdout, stderr } = await ask(from, to, ...more);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  it('an error of the input', async () => {
    const { code, stdout, stderr } = await vipc(
      ['trace', '--from', 'outside', '--to', 'node:80'],
      CLUSTER.replace('port: 80', 'port: 80000'),
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('must be a whole number from 1 to 65535');
  });
});

describe('for programs', () => {
  it('one object, by the contract', async () => {
    const { stdout } = await ask('pod/client', 'svc/prod/db:sql', '--format', 'json', '--source-port', '1234');
    const { steps, sentence, notes, ...answer } = JSON.parse(stdout);
    const endpoint = {
      address: '10.244.2.6',
      port: 5432,
      probability: 1,
      share: '1/1',
      masquerade: false,
      pod: 'prod/db-0',
      node: 'node-b',
    };
    expect(answer).toEqual({
      packet: { from: '10.244.1.9', to: '10.96.0.10', port: 5432, protocol: 'tcp', sourcePort: 1234 },
      node: 'node-a',
      service: 'prod/db:sql',
      verdict: 'DNAT',
      endpoints: [endpoint],
      outcomes: [{ verdict: 'DNAT', ...endpoint }],
      depends: [],
    });
    expect([sentence, notes]).toEqual(['reaches 10.244.2.6:5432, source address kept', []]);
    expect(steps[1]).toMatchObject({
      hook: 'PREROUTING',
      table: 'nat',
      chain: 'KUBE-SERVICES',
      text: expect.stringMatching(/^-A KUBE-SERVICES -d 10\.96\.0\.10\/32 .* -j KUBE-SVC-\w+$/),
      service: 'prod/db:sql',
      outcomes: [0],
    });
    expect(Object.keys(steps[1])).not.toContain('missed');
  });

  it('-v has the rules that were not for the packet', async () => {
    const { stdout } = await ask('pod/client', 'svc/prod/db:53', '--format', 'json', '-v');
    const { steps } = JSON.parse(stdout);
    expect(steps[1].skipped).toBe(steps[1].missed.length);
    expect(steps[1].missed[0]).toEqual({
      rule: 1,
      text: expect.stringContaining('--dport 5432'),
      because: '-p tcp',
    });
  });

  it.each<[string, string, readonly string[], string]>([
    ['pod/client', 'svc/prod/empty', [], 'REJECT'],
    ['pod/client', '1.1.1.1:80', [], 'NONE'],
  ])('%s to %s', async (from, to, more, verdict) => {
    const answer = JSON.parse((await ask(from, to, ...more, '--format', 'json')).stdout);
    expect(answer.verdict).toBe(verdict);
    expect(answer.outcomes).toEqual([{ verdict, probability: 1, share: '1/1', masquerade: false }]);
  });
});

/** Rules of another program, which ask for an interface. */
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
    ['172.17.0.9', 'node:8080', ['--in-interface', 'docker0'], 0, 'no rule of a Service'],
    ['outside', '10.0.0.1:80', [], 0, ''],
    ['198.51.100.7', '192.168.7.2:8080', ['--in-interface', 'eth0'], 1, 'depends on -m limit --limit 3/sec'],
    ['192.0.2.7', '10.0.0.1:80', ['--in-interface', 'eth0'], 1, 'is dropped by the policy of filter FORWARD'],
  ])('%s to %s %j', async (from, to, more, code, sentence) => {
    const answer = await ask(from, to, ...more, '--rules', dump(), '--node-address', '192.168.7.2');
    // A node port that no rule has is not served, and a dropped packet does not get through.
    const expected = sentence === 'no rule of a Service' ? 1 : sentence === '' ? 1 : code;
    expect(answer.stderr).toBe('');
    expect(answer.code).toBe(expected);
    expect(answer.stdout).toContain(sentence);
  });

  it('a directory that compile wrote is the same as the snapshot', async () => {
    for (const mode of ['iptables', 'ipvs']) {
      const out = join(directory, mode);
      await vipc(['compile', '--mode', mode, '--node', 'node-a', '-o', out, cluster]);
      const question = ['trace', '--mode', mode, '--node', 'node-a', '--from', 'pod/client', '--to', 'svc/prod/db:sql'];
      const compiled = await vipc([...question, cluster]);
      const read = await vipc([...question, '--rules', out, cluster]);
      // An owner of a set's rule, or of a virtual server, is in no dump.
      const plain = (text: string) => text.replaceAll(/ \(prod\/db:sql\)/g, '');
      expect({ ...read, stdout: plain(read.stdout) }).toEqual({ ...compiled, stdout: plain(compiled.stdout) });
      expect(read.code).toBe(0);
    }
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

it('what a terminal is too narrow for is broken at options', async () => {
  const { wrapped } = await import('../trace/wrap.js');
  const rule = '-A KUBE-SVC-A -p tcp -m comment --comment "default/web -> 10.0.0.1:80" -j KUBE-SEP-A';
  for (const width of [80, 60, 40]) {
    const lines = wrapped(rule, '      ', width);
    expect(lines.every((line) => line.length <= width)).toBe(true);
    expect(lines.map((line) => line.trim()).join(' ')).toBe(rule);
  }
  expect(wrapped(rule, '  ', undefined)).toEqual([`  ${rule}`]);
});
