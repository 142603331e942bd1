/**
 * The relay of `vipc sync` on a node: endpoints that hang, affinity, many bytes and many connections, kills, ports that are
 * taken, and the way from and to another proxy mode.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { addressesOf, type SmallService, smallCluster } from '../testing/cases/small-cluster.js';
import { agentHost } from '../testing/machine/agent.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { bulk, type Crowd, connections, echoServer, manyClients, manyFlows } from '../testing/network/crowd.js';
import { isHurt, underStreams } from '../testing/network/stream.js';
import { connect, makeTopology, type Topology, tally } from '../testing/network/topology.js';
import { modesOf } from '../testing/node/modes.js';
import { type SyncProcess, startSync } from '../testing/node/sync-process.js';
import { often, sample } from '../testing/run/extent.js';
import { eventually } from '../testing/run/patience.js';
import { vipc } from '../testing/run/vipc.js';

const describeKernel = await describeInKernel();

const CONFIG = `apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
healthzBindAddress: 127.0.0.1:0
metricsBindAddress: 127.0.0.1:0
clusterCIDR: 10.244.0.0/16,fd00:10:244::/56
hostnameOverride: node-a
portRange: 20000-20002
udpIdleTimeout: 600s
iptables: {syncPeriod: 2s, minSyncPeriod: 0s}
`;

const WEB: SmallService = { name: 'web', number: 1, ready: ['pod1', 'pod2', 'remote'] };
/** In a range of three ports it wants that of WEB, and comes before it in order. */
const ADMIN: SmallService = { name: 'admin', number: 3, ready: ['pod1'] };
const TO_WEB = { to: addressesOf(WEB).clusterIP, port: 80 };

describeKernel('the relay', () => {
  const directory = mkdtempSync(join(tmpdir(), 'vipc-relay-'));
  const [config, snapshot] = [join(directory, 'config.yaml'), join(directory, 'cluster.json')];
  const crowds: Crowd[] = [];
  let topology: Topology;
  let daemon: SyncProcess;

  beforeAll(async () => {
    topology = await makeTopology(agentHost(), (netns) => agentHost({ netns }));
    daemon = await start(WEB);
  });
  afterEach(() => {
    for (const each of crowds.splice(0)) each.end();
  });
  afterAll(async () => {
    await daemon?.kill();
    await topology?.remove();
    rmSync(directory, { recursive: true });
  });

  /** Writes a snapshot whose endpoints listen on `port`. */
  const write = (port: number, services: readonly SmallService[]) => {
    const [{ text } = { text: '' }] = smallCluster(services);
    writeFileSync(snapshot, text.replaceAll('"port":8080', `"port":${port}`));
  };
  const serve = async (port: number, ...services: readonly SmallService[]) => {
    const before = readFileSync(snapshot, 'utf8');
    write(port, services);
    if (readFileSync(snapshot, 'utf8') === before) return;
    // Syncs without a change come between.
    for (let changes = 0; changes === 0; ) {
      const said = (await daemon.said('synced'))['changes'] as Readonly<Record<string, number>>;
      changes = (said['services'] ?? 0) + (said['slices'] ?? 0);
    }
  };
  const setMode = (mode: string) => writeFileSync(config, `${CONFIG}mode: ${mode}\n`);
  const start = async (...services: readonly SmallService[]): Promise<SyncProcess> => {
    setMode('userspace');
    write(8080, services);
    const started = startSync(topology.netns('node'), ['-c', config, '--snapshot', snapshot]);
    await started.said('synced');
    return started;
  };
  /** The process of the relay. */
  const relayPid = () =>
    eventually('the relay runs', async () => {
      const found = await agentHost().run(['pgrep', '-P', String(daemon.child.pid), '-f', 'relay/process.js']);
      return Number(found.stdout.trim()) || undefined;
    });
  const natRules = async () => (await topology.node.run(['iptables-nft-save', '-t', 'nat'])).stdout;

  const rows: (readonly [name: string, run: () => Promise<void>])[] = [];
  const row = (name: string, run: () => Promise<void>) => rows.push([name, run]);

  row('passes over an endpoint that hangs, and says so where none answers', async () => {
    await serve(8080, WEB);
    const hanging = ['INPUT', '-d', '10.244.2.6', '-p', 'tcp', '--syn', '-j', 'DROP'];
    const nodeb = agentHost({ netns: topology.netns('nodeb') });
    await nodeb.run(['iptables', '-A', ...hanging]);
    const seen = tally(await connect(topology.client, { ...TO_WEB, count: 6, seconds: 5 }));
    expect(Object.keys(seen).map(endpointIn)).toEqual(['10.244.1.5', '10.244.1.6']);
    await serve(8080, { ...WEB, ready: ['remote'] });
    const lost = connect(topology.client, { ...TO_WEB, seconds: 10 });
    expect(await daemon.said('a connection was not served: no endpoint answers')).toMatchObject({
      service: 'default/web:tcp',
      client: expect.stringMatching(/^192\.168\.7\.100:\d+$/),
      tried: [250, 500, 1000, 2000].map((ms) => `10.244.2.6:8080: no answer within ${ms} ms`),
    });
    expect(await lost).toEqual([expect.stringMatching(/^(?:closed|error 104)$/)]);
    await nodeb.run(['iptables', '-D', ...hanging]);
  });

  row('a client keeps its endpoint, and others theirs', async () => {
    await serve(8080, { ...WEB, spec: { sessionAffinity: 'ClientIP' } });
    const from = async (host: 'client' | 'node') =>
      [...new Set((await connect(topology[host], { ...TO_WEB, count: 6 })).map(endpointIn))].join();
    const [client, node, again] = [await from('client'), await from('node'), await from('client')];
    expect([client, again]).toEqual([expect.stringMatching(/^[\d.]+$/), client]);
    expect(node).not.toBe(client);
  });

  row('many bytes through one connection are unharmed', async () => {
    crowds.push(await echoServer(topology.netns('pod2'), 8081, ['10.244.1.6']));
    await serve(8081, { ...WEB, ready: ['pod2'] });
    const megabytes = often(50, 1000);
    const found = await bulk(topology.netns('client'), TO_WEB.to, 80, megabytes);
    expect(found).toMatchObject({ bytes: megabytes * 1e6, isSame: true });
  });

  row('many connections at once, over changes of endpoints; no descriptor is left of them', async () => {
    const { tcp, udp } = connections(often(500, 10_000));
    const OTHER: SmallService = { name: 'other', number: 2, ready: ['pod1'] };
    crowds.push(await echoServer(topology.netns('pod1'), 8081, ['10.244.1.5']));
    crowds.push(await echoServer(topology.netns('pod2'), 8081, ['10.244.1.6']));
    await serve(8081, { ...WEB, ready: ['pod1', 'pod2'] }, OTHER);
    const pid = await relayPid();
    const descriptors = () => readdirSync(`/proc/${pid}/fd`).length;
    const before = descriptors();
    const flows = manyFlows(topology.netns('client'), TO_WEB.to, 80, udp);
    crowds.push(flows);
    const halves = (count: number) => ({ '10.244.1.5': count / 2, '10.244.1.6': count / 2 });
    expect(JSON.parse(await flows.line())).toEqual(halves(udp));
    const clients = manyClients(topology.netns('client'), TO_WEB.to, 80, tcp);
    crowds.push(clients);
    expect(JSON.parse(await clients.line())).toEqual(halves(tcp));
    expect(descriptors()).toBe(before + 2 * tcp + udp);
    const { stdout } = await topology.node.run(['ss', '-H', '-t', '-n', '-o', 'state', 'established']);
    expect(stdout.match(/timer:\(keepalive,/g)?.length).toBe(2 * tcp);
    await serve(8081, { ...WEB, ready: ['pod2'] }, OTHER);
    clients.write('are you there');
    flows.write('and you');
    expect(JSON.parse(await clients.line())).toEqual({ alive: tcp, answers: tcp });
    expect(JSON.parse(await flows.line())).toEqual(halves(udp));
    // The Service goes: its listener, then its connections.
    await serve(8081, OTHER);
    await eventually('all are closed', () => {
      clients.write('and now');
      return clients.line().then((line) => JSON.parse(line).alive === 0);
    });
    await eventually('no descriptor is left', () => descriptors() <= before);
  });

  row(
    'killed and started with others that want its port, a Service keeps it, and its clients get to no other',
    async () => {
      const ports = async () => {
        const found = (await natRules()).matchAll(/-d 10\.96\.1\.(\d+)\/32 -p tcp .*--to-ports (\d+)/g);
        return Object.fromEntries([...found].map(([, number, port]) => [number, Number(port)]));
      };
      await serve(8080, { ...WEB, ready: ['pod2'] });
      expect(await ports()).toEqual({ 1: 20001 });
      await daemon.kill();
      let isStarted = false;
      const starting = start(ADMIN, { ...WEB, ready: ['pod2'] }).then((started) => {
        isStarted = true;
        return started;
      });
      const seen = new Set<string>();
      while (!isStarted) for (const each of await connect(topology.client, { ...TO_WEB, count: 20 })) seen.add(each);
      daemon = await starting;
      expect([...seen].map(endpointIn).filter((each) => /^10\.244\.(?!1\.6$)/.test(each))).toEqual([]);
      expect(await ports()).toEqual({ 1: 20001, 3: 20002 });
      // The rules of one that has gone meanwhile still lead to its port.
      await daemon.kill();
      daemon = await start(ADMIN, { name: 'alpha', number: 4, ready: ['pod1'] });
      expect(await ports()).toEqual({ 3: 20002, 4: 20000 });
      // Whoever comes first in order moves nobody.
      await serve(8080, ADMIN);
      await serve(8080, ADMIN, WEB);
      await serve(8080, { ...ADMIN, name: 'a', number: 5 }, ADMIN, WEB);
      expect(await ports()).toEqual({ 1: 20001, 3: 20002, 5: 20000 });
      // The range is full: one that comes as another goes gets its port at once.
      await serve(8080, { ...ADMIN, name: 'b', number: 6 }, ADMIN, WEB);
      expect(await ports()).toEqual({ 1: 20001, 3: 20002, 6: 20000 });
      expect((await connect(topology.client, { to: '10.96.1.6', port: 80 })).map(endpointIn)).toEqual(['10.244.1.5']);
    },
  );

  row(
    'killed, it leaves the rules and no connection; the next one passes over a port that was taken meanwhile',
    async () => {
      await serve(8080, WEB);
      const usual = Number(/-d 10\.96\.1\.1\/32 .*--to-ports (\d+)/.exec(await natRules())?.[1]);
      await daemon.kill();
      expect(await natRules()).toContain('KUBE-PORTALS-CONTAINER -d 10.96.1.1/32');
      await eventually('the relay has ended', async () => (await connect(topology.client, TO_WEB))[0] === 'refused');

      crowds.push(await echoServer(topology.netns('node'), usual, ['127.0.0.1']));
      const flags = ['--live', '--netns', topology.netns('node'), '--iptables', 'nft', '-c', config, snapshot];
      const { stdout } = await vipc(['diff', ...flags]);
      expect(stdout).toMatch(new RegExp(`- .*--to-ports ${usual}$`, 'm'));
      expect(stdout).toMatch(new RegExp(`\\+ .*--to-ports ${usual + 1}$`, 'm'));

      daemon = await start(WEB);
      expect(Object.values(tally(await connect(topology.client, { ...TO_WEB, count: 6 })))).toEqual([2, 2, 2]);
    },
  );

  row('is started again when its process ends', async () => {
    await serve(8080, WEB);
    process.kill(await relayPid(), 'SIGKILL');
    expect(await daemon.said('the relay has ended')).toMatchObject({ level: 'error' });
    await eventually('a new one serves', async () =>
      (await connect(topology.client, TO_WEB))[0]?.startsWith('10.244.'),
    );
  });

  row('gives way to iptables and nftables mode and back, without a gap; cleanup leaves nothing', async () => {
    await serve(8080, WEB);
    const streams = (['client', 'pod1', 'node'] as const).map((from) => ({ ...TO_WEB, on: topology[from] }));
    const reports = await underStreams(streams, async () => {
      for (const mode of ['iptables', 'userspace', 'nftables', 'userspace'].slice(0, often(2, 4))) {
        setMode(mode);
        daemon.child.kill('SIGHUP');
        await eventually(`${mode} mode`, async () => (await modesOf(topology.node)).join() === mode);
      }
    });
    expect(reports.filter(isHurt)).toEqual([]);
    expect(Math.min(...reports.map(({ answers }) => answers))).toBeGreaterThan(20);
    await daemon.kill();
    expect((await vipc(['cleanup', '--netns', topology.netns('node'), '--iptables', 'nft'])).code).toBe(0);
    expect((await topology.node.run(['iptables-nft-save'])).stdout).not.toContain('KUBE-');
  });

  it.each(sample(rows, 4, 'relay'))('%s', (_, run) => run());
});

function endpointIn(answer: string): string {
  return answer.split(' ')[0] ?? '';
}
