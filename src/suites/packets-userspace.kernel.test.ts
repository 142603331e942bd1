/**
 * userspace mode with packets: what the compiled rules and the relay of `vipc sync` make of connections, as in iptables
 * mode. Exceptions: endpoints see the node, and a client outside of the source ranges is refused where rules drop it.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ROOT } from '../testing/cases/cases.js';
import { agentHost } from '../testing/machine/agent.js';
import { succeeded } from '../testing/machine/netns.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { DROPPED, REACHED, REFUSED } from '../testing/network/packet-rows.js';
import { answerFrom, answers } from '../testing/network/packets.js';
import { connect, makeTopology, resent, type Topology, tally } from '../testing/network/topology.js';
import { type SyncProcess, startSync } from '../testing/node/sync-process.js';
import { sample } from '../testing/run/extent.js';
import { vipc } from '../testing/run/vipc.js';

const describeKernel = await describeInKernel();

const FIXTURE = `${ROOT}fixtures/packets/services`;
const LISTEN = 'healthzBindAddress: 127.0.0.1:0\nmetricsBindAddress: 127.0.0.1:0\n';

describeKernel('packets through the relay', () => {
  const directory = mkdtempSync(join(tmpdir(), 'vipc-relay-'));
  const config = join(directory, 'config.yaml');
  let topology: Topology;
  let daemon: SyncProcess;
  let pages: string;

  beforeAll(async () => {
    topology = await makeTopology(agentHost(), (netns) => agentHost({ netns }));
    const unlimited = ['net.ipv4.icmp_ratelimit=0', 'net.ipv6.icmp.ratelimit=0'];
    succeeded(await topology.node.run(['sysctl', '-q', ...unlimited]), 'sysctl');
    writeFileSync(config, readFileSync(`${FIXTURE}/config.yaml`, 'utf8') + LISTEN);
    const flags = ['--mode', 'userspace', '-c', config, '--node', 'node-a'];
    daemon = startSync(topology.netns('node'), [...flags, '--snapshot', `${FIXTURE}/cluster.yaml`]);
    pages = `http://127.0.0.1:${(await daemon.said('started'))['metricsPort']}`;
    await daemon.said('synced');
  });

  afterAll(async () => {
    await daemon?.kill();
    await topology?.remove();
    rmSync(directory, { recursive: true });
  });

  /** Every endpoint, with the node as its client. */
  const nodeSeen = (rows: readonly string[]) => rows.map((row) => answerFrom(row.split(' ')[0] ?? '', '', true)).sort();

  it.each(sample(REACHED, 7, 'relay'))('%s, from %s: reached', async (what, from, to, expected) => {
    expect(await answers(topology, [what, from, to, expected])).toEqual(nodeSeen(expected));
  });

  it.each(sample(REFUSED, 2, 'relay'))('no endpoints, %s, from %s: refused', async (_, from, to) => {
    expect(await connect(topology[from], { ...to, count: 2 })).toEqual(['refused', 'refused']);
  });

  it.each(
    sample(
      DROPPED.filter(([what]) => what.startsWith('outside')),
      2,
      'outside',
    ),
  )('%s, from %s: broken off', async (_, from, to) => {
    const [answer = ''] = await connect(topology[from], { ...to, seconds: 2 });
    expect(answer).toMatch(/^(?:closed|error 104)$/);
  });

  it.each(
    sample(
      DROPPED.filter(([what]) => !what.startsWith('outside')),
      2,
      'relay',
    ),
  )('%s, from %s: dropped', async (_, from, to) => {
    expect(await connect(topology[from], { ...to, seconds: 0.5 })).toEqual(['timeout']);
  });

  it('endpoints take turns, exactly', async () => {
    const seen = tally(await connect(topology.client, { to: '10.96.0.1', port: 80, count: 30 }));
    expect(Object.values(seen)).toEqual([10, 10, 10]);
    expect(await resent(topology.client)).toBe(0);
  });

  it('nothing reaches a listener but what was redirected', async () => {
    const { stdout } = await topology.node.run(['ss', '-Hltn4']);
    const [, port] = /0\.0\.0\.0:(\d+)/.exec(stdout) ?? [];
    for (const from of ['client', 'pod1', 'node'] as const)
      expect(await connect(topology[from], { to: '192.168.7.2', port: Number(port) })).toEqual(['refused']);
  });

  it('metrics count connections by Service, and the log has each that failed', async () => {
    const text = await (await fetch(`${pages}/metrics`)).text();
    expect(text).toMatch(
      /^vipc_relay_connections_total\{service="default\/\S+",protocol="tcp",ip_family="IPv4"\} [1-9]/m,
    );
    expect(text).toMatch(/^vipc_relay_failed_total\{\S+ [1-9]/m);
    expect(await daemon.said('a connection was not served: its address is in no source range')).toMatchObject({
      level: 'warn',
      client: expect.stringMatching(/^\S+:\d+$/),
      tried: [],
    });
  });

  it('diff --live sees the relay', async () => {
    const flags = [
      '--live',
      '--netns',
      topology.netns('node'),
      '--iptables',
      'nft',
      '--mode',
      'userspace',
      '-c',
      config,
    ];
    const { code, stdout, stderr } = await vipc(['diff', ...flags, '--node', 'node-a', `${FIXTURE}/cluster.yaml`]);
    expect([code, stdout, stderr.trimEnd().split('\n').at(-1)]).toEqual([0, '', 'no difference']);
  });
});

describe('apply', () => {
  it('refuses userspace mode', async () => {
    const { code, stderr } = await vipc(['apply', '--mode', 'userspace', `${FIXTURE}/cluster.yaml`]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('userspace mode needs the daemon')]);
  });
});
