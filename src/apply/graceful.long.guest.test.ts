/**
 * A TCP connection outlives its endpoint: the real server gets no new ones, and goes when the last has ended. UDP does not
 * wait.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { notesOf } from '../diff/changes.js';
import { addressesOf, PODS, SMALL_OPTIONS, smallCluster } from '../testing/cases/small-cluster.js';
import { guestHost } from '../testing/machine/guest.js';
import { succeeded } from '../testing/machine/netns.js';
import { describeInGuest } from '../testing/machine/rings.js';
import { connect, makeTopology, perl, serve, type Topology, tally } from '../testing/network/topology.js';
import { applyTo, differenceTo, inputsOf, type LiveNode, liveNode } from '../testing/node/live.js';
import { NO_IPVS, readConnections } from '../tools/ipvs/read.js';

const describeGuest = await describeInGuest();

const { clusterIP } = addressesOf({ number: 1 });
const [TCP, UDP] = [`-t ${clusterIP}:80`, `-u ${clusterIP}:80`];
const ECHO = 8081;
const OPTIONS = { ...SMALL_OPTIONS, mode: 'ipvs' };
const FILE = '/tmp/vipc-hold';

type Pod = 'pod1' | 'pod2';

/** The Service, at servers that keep connections. */
function snapshot(ready: readonly Pod[]): ReturnType<typeof smallCluster> {
  return smallCluster([{ name: 'web', number: 1, ready }]).map(({ name, text }) => {
    return { name, text: text.replaceAll('8080', String(ECHO)) };
  });
}

describeGuest('an endpoint goes while a connection to it is open', () => {
  let topology: Topology;
  let node: LiveNode;
  /** The one that the connection leads to, and the other. */
  let [busy, idle]: readonly [Pod, Pod] = ['pod1', 'pod2'];

  const run = async (on: 'client' | 'node', script: string) => {
    return succeeded(await topology[on].run(['sh', '-c', script]), script).stdout;
  };
  /** What ipvsadm is told about the Service's own address. */
  const told = async (ready: readonly Pod[]) => {
    const { plan, rest, diagnostics } = await applyTo(node, snapshot(ready), OPTIONS);
    expect([...rest.steps, ...diagnostics]).toEqual([]);
    const lines = inputsOf(plan).flatMap(([tool, lines]) => (tool === 'ipvsadm' ? lines : []));
    return { lines: lines.filter((line) => line.includes(clusterIP)), notes: notesOf(rest.differences) };
  };
  const real = (pod: Pod) => `${PODS[pod].IPv4}:${ECHO}`;

  beforeAll(async () => {
    topology = await makeTopology(guestHost(), (netns) => guestHost({ netns }));
    for (const pod of ['pod1', 'pod2'] as const) await serve(topology[pod], ECHO, [PODS[pod].IPv4], 'echo');
    node = await liveNode(topology.node, 'nft');
    await told(['pod1', 'pod2']);
    const hold = ['sh', '-c', 'touch "$1"; setsid perl -e "$0" "$@" >/dev/null 2>&1 &', perl('hold')];
    succeeded(await topology.client.run([...hold, FILE, clusterIP, '80']), 'hold');
    const answered = `for i in $(seq 600); do [ -s ${FILE}.out ] && break; sleep 0.1; done; cat ${FILE}.out`;
    const [first = ''] = (await run('client', answered)).split(' ');
    [busy, idle] = first === PODS.pod1.IPv4 ? ['pod1', 'pod2'] : ['pod2', 'pod1'];
  });

  afterAll(() => topology?.remove());

  it('TCP gets weight 0, UDP goes', async () => {
    const { lines, notes } = await told([idle]);
    expect(lines).toEqual([`-e ${TCP} -r ${real(busy)} -m -w 0`, `-d ${UDP} -r ${real(busy)}`]);
    expect(notes).toEqual([`${real(busy)} of ${TCP} gets no new connections and stays until the last of 1 has ended`]);
    expect(await differenceTo(node, snapshot([idle]), OPTIONS)).toEqual([]);
  });

  it('the connection stays, and new ones go elsewhere', async () => {
    const before = await run('client', `cat ${FILE}.out`);
    expect(tally(await connect(topology.client, { to: clusterIP, port: 80, count: 4 }))).toEqual({
      [`${PODS[idle].IPv4} 10.244.1.1`]: 4,
    });
    const after = await run('client', `sleep 2; cat ${FILE}.out`);
    expect(after.length).toBeGreaterThan(before.length);
    expect(Object.keys(tally(after.trimEnd().split('\n')))).toEqual([`${PODS[busy].IPv4} 10.244.1.1`]);
  });

  it('one virtual server is asked for its connections, there or not', async () => {
    const [vip, server] = [
      (address: string) => ({ protocol: 'tcp', address, port: 80 }) as const,
      { port: ECHO, weight: 1 },
    ];
    const asked = async (address: string) => {
      const removed = [{ address: PODS[busy].IPv4, ...server }];
      const desired = { ...vip(address), scheduler: 'rr', realServers: [] };
      const none = { added: [], reweighed: [], drained: [] };
      const difference = {
        servers: [{ service: `-t ${address}:80`, desired, ...none, removed }],
        draining: [],
        lingering: [],
      };
      const { connections } = await readConnections(topology.node.run, NO_IPVS, difference);
      return connections.map(({ realServer, active }) => [realServer.address, active]);
    };
    expect(await asked(clusterIP)).toContainEqual([PODS[busy].IPv4, 1]);
    expect(await asked('192.0.2.1')).toEqual([]);
  });

  it('the endpoint comes back, and goes again', async () => {
    expect((await told([busy, idle])).lines).toEqual([
      `-e ${TCP} -r ${real(busy)} -m -w 1`,
      `-a ${UDP} -r ${real(busy)} -m -w 1`,
    ]);
    expect((await told([idle])).lines).toEqual([`-e ${TCP} -r ${real(busy)} -m -w 0`, `-d ${UDP} -r ${real(busy)}`]);
  });

  it('the real server goes once the connection has ended', async () => {
    // IPVS remembers one that was reset for ten seconds more.
    const none = `rm ${FILE}; for i in $(seq 300); do ipvsadm -Lnc | grep -q ${real(busy)} || break; sleep 0.1; done`;
    await run('node', none);
    const { lines, notes } = await told([idle]);
    expect(lines).toEqual([`-d ${TCP} -r ${real(busy)}`]);
    expect(notes).toEqual([]);
  });
});
