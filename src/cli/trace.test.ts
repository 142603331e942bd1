/**
 * vipc trace: exit codes, JSON, and the messages for questions that have no answer.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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

  it('in userspace mode the way ends with the listener of the relay and what it connects to', async () => {
    const port = /REDIRECT --to-ports (\d+)\n/;
    const { code, stdout } = await ask('pod/client', 'svc/prod/db:sql', '--mode', 'userspace');
    expect({ code, first: stdout.split('\n')[0] }).toEqual({
      code: 0,
      first: 'reaches 10.244.2.6:5432, source address becomes the node’s',
    });
    expect(stdout).toContain(
      'INPUT, the relay of vipc sync\n  listener (prod/db:sql): the relay connects to this endpoint\n' +
        `      listen tcp 0.0.0.0:${port.exec(stdout)?.[1]} endpoint 10.244.2.6:5432\n`,
    );
    const json = JSON.parse(
      (await ask('pod/client', 'svc/prod/db:sql', '--mode', 'userspace', '--format', 'json')).stdout,
    );
    expect(json.steps.at(-1)).toMatchObject({ hook: 'INPUT', table: 'relay' });
    expect((await ask('pod/client', 'svc/prod/empty', '--mode', 'userspace')).code).toBe(1);
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
      TRACE_CLUSTER.replace('port: 80', 'port: 80000'),
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
