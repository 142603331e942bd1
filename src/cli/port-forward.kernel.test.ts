/**
 * vipc port-forward from this network namespace to Pods in another: both families of loopback, many bytes, many clients, a
 * Pod that goes, signals. Which Pod it takes is compared with kubectl.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { enter } from '../apply/host.js';
import { type Kubectl, startKubectl } from '../testing/api-client/kubectl.js';
import { ROOT } from '../testing/cases/cases.js';
import { NEWER_PODS, PODS, WEB } from '../testing/cases/forwarded.js';
import { makeNetns, type Netns, succeeded } from '../testing/machine/netns.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { often, sample } from '../testing/run/extent.js';
import { eventually } from '../testing/run/patience.js';

const describeKernel = await describeInKernel();

/** A Pod: it says its address, then echoes. */
const POD = `const [address] = process.argv.slice(1);
require('net').createServer({ allowHalfOpen: true }, (socket) => {
  socket.on('error', () => {});
  socket.write(address.padEnd(16));
  socket.pipe(socket);
}).listen(8080, address, () => console.log('up'));`;

interface Started {
  readonly child: ChildProcess;
  readonly lines: readonly string[];
  readonly ended: Promise<number | null>;
}

const children: Started[] = [];

function start(program: string, ...args: readonly string[]): Started {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => lines.push(line));
  const started = { child, lines, ended: new Promise<number | null>((resolve) => child.once('close', resolve)) };
  children.push(started);
  return started;
}

describeKernel('vipc port-forward', () => {
  let netns: Netns;
  let kubectl: Kubectl;
  let file: string;

  beforeAll(async () => {
    netns = await makeNetns();
    kubectl = await startKubectl();
    const pods = ['10.1.0.1', '10.1.0.2'].map((ip, i) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `web-${i}`, namespace: 'default', labels: { app: 'web' } },
      spec: { nodeName: 'n', containers: [{ name: 'c', image: 'x', ports: [{ name: 'http', containerPort: 8080 }] }] },
      status: { phase: 'Running', podIP: ip, conditions: [{ type: 'Ready', status: 'True' }] },
    }));
    file = kubectl.file('pods.json', JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [WEB, ...pods] }));
    for (const ip of ['10.1.0.1', '10.1.0.2'])
      succeeded(await netns.host.run(['ip', 'addr', 'add', `${ip}/32`, 'dev', 'lo']), ip);
  });
  afterAll(async () => {
    for (const { child } of children) child.kill('SIGKILL');
    await Promise.all(children.map(({ ended }) => ended));
    await kubectl?.close();
    await netns?.remove();
  });

  async function servePod(ip: string): Promise<Started> {
    const [program, ...args] = enter(netns.name);
    const pod = start(program, ...args, process.execPath, '-e', POD, ip);
    await eventually('the Pod serves', () => pod.lines.includes('up'));
    return pod;
  }

  /** The process, and its local ports as soon as it says them. */
  async function forward(...args: readonly string[]) {
    const started = start(process.execPath, `${ROOT}bin/vipc.js`, 'port-forward', ...args, '--netns', netns.name, file);
    const ports = await eventually('it forwards', () => {
      const found = started.lines.flatMap((line) => /^Forwarding from (\S+):(\d+) /.exec(line) ?? []);
      return found.length >= 6 ? [Number(found[2]), Number(found[5])] : undefined;
    });
    return { ...started, port: ports[0] ?? 0, other: ports[1] ?? 0 };
  }

  const ask = (port: number, host = '127.0.0.1', send: Buffer = Buffer.from('x')) =>
    new Promise<Buffer>((resolve) => {
      const parts: Buffer[] = [];
      const socket: Socket = connect({ port, host, allowHalfOpen: true });
      socket.on('data', (part) => parts.push(part));
      socket.on('error', () => resolve(Buffer.from('error')));
      socket.on('end', () => resolve(Buffer.concat(parts)));
      socket.end(send);
    });

  it('passes bytes, clients and the end of each on, until it is told to end', async () => {
    await servePod('10.1.0.1');
    const second = await servePod('10.1.0.2');
    const { port, other, lines, child, ended } = await forward('svc/web', ':http');
    expect(other).toBe(port);
    expect(lines.slice(0, 2).sort()).toEqual([
      `Forwarding from 127.0.0.1:${port} -> 8080 of Pod default/web-0`,
      `Forwarding from [::1]:${port} -> 8080 of Pod default/web-0`,
    ]);
    const bytes = Buffer.alloc(often(20, 200) * 1e6, 'a pattern of 23 letters');
    const answer = await ask(port, '::1', bytes);
    // On a busy machine a Pod may not answer in time, and the other is taken.
    const either = ['10.1.0.1', '10.1.0.2'].map((ip) => ip.padEnd(16));
    expect(either).toContain(`${answer.subarray(0, 16)}`);
    expect(answer.subarray(16).equals(bytes)).toBe(true);

    const answers = await Promise.all(Array.from({ length: often(100, 500) }, () => ask(port)));
    expect(answers.map(String).filter((each) => !either.some((pod) => each === `${pod}x`))).toEqual([]);

    const taken = start(process.execPath, `${ROOT}bin/vipc.js`, 'port-forward', 'svc/web', ':80', `${port}:80`, file);
    expect(await taken.ended).toBe(2);
    expect(taken.lines).toEqual([`error: cannot listen on port ${port} of 127.0.0.1 and ::1: the port is taken`]);

    const drop = (how: string) =>
      netns.host.run(['iptables', how, 'INPUT', '-p', 'tcp', '-d', '10.1.0.1', '-j', 'DROP']);
    const [WEB_0, WEB_1] = ['Pod default/web-0 at 10.1.0.1:8080', 'Pod default/web-1 at 10.1.0.2:8080'];
    succeeded(await drop('-A'), 'drop');
    expect(`${await ask(port)}`).toBe(`${'10.1.0.2'.padEnd(16)}x`);
    succeeded(await drop('-D'), 'no drop');
    second.child.kill('SIGKILL');
    await second.ended;
    expect(`${await ask(port)}`).toBe(`${'10.1.0.1'.padEnd(16)}x`);
    const said = [`${WEB_0}: no answer within 250 ms`, `${WEB_1}: connection refused; new connections go to ${WEB_0}`];
    await eventually('it says where connections go', () =>
      said.every((each) => lines.some((line) => line.startsWith(each))),
    );
    // On the node itself, without --netns.
    const [program, ...into] = enter(netns.name);
    const there = start(
      program,
      ...into,
      process.execPath,
      `${ROOT}bin/vipc.js`,
      'port-forward',
      'pod/web-0',
      '81:http',
      file,
    );
    await eventually('it forwards there', () => there.lines.length === 2);
    const read = await netns.host.run(['bash', '-c', 'exec 3<>/dev/tcp/::1/81; head -c 16 <&3']);
    expect(read.stdout).toBe('10.1.0.1'.padEnd(16));
    there.child.kill('SIGINT');
    expect(await there.ended).toBe(0);

    const waiting = connect({ port, host: '127.0.0.1' }).on('error', () => {});
    await new Promise((done) => waiting.once('data', done));
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    await eventually('open connections end', () => waiting.destroyed);
    expect(`${await ask(port)}`).toBe('error');
  });

  it('a namespace that is not there is trouble', async () => {
    const { ended, lines } = start(
      process.execPath,
      `${ROOT}bin/vipc.js`,
      'port-forward',
      'svc/web',
      ':80',
      file,
      '--netns',
      'vipc-nowhere',
    );
    expect(await ended).toBe(2);
    expect(lines.join('\n')).toMatch(/^error: cannot forward from network namespace vipc-nowhere: .*vipc-nowhere/);
  });

  describe('takes the Pod that kubectl takes', () => {
    it.each(sample([...PODS, ...NEWER_PODS], 4, 'forward'))('%s', async (_, pods, expected) => {
      // The order is tested without kubectl, too.
      if (NEWER_PODS.some(([, newer]) => newer === pods) && !(await kubectl.isNew())) return;
      const before = kubectl.server.requests().length;
      for (const { metadata } of kubectl.server.objects('Pod')) kubectl.server.remove('Pod', 'default', metadata.name);
      for (const object of [WEB, ...pods]) kubectl.server.put(object);
      await kubectl.run('port-forward', 'svc/web', ':80');
      const paths = kubectl.server
        .requests()
        .slice(before)
        .map(({ path }) => path);
      expect(paths).toContain(`/api/v1/namespaces/default/pods/${expected}/portforward`);
    });
  });
});
