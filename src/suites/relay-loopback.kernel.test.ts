/**
 * Node ports on loopback addresses by the relay: in nftables mode where nodePortAddresses names them, and in iptables mode
 * where route_localnet is to stay off.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { addressesOf, type SmallService, smallCluster } from '../testing/cases/small-cluster.js';
import { agentHost } from '../testing/machine/agent.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { connect, makeTopology, type Topology } from '../testing/network/topology.js';
import { startSync } from '../testing/node/sync-process.js';
import { sample } from '../testing/run/extent.js';
import { vipc } from '../testing/run/vipc.js';

const describeKernel = await describeInKernel();

const CONFIG = `apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
healthzBindAddress: 127.0.0.1:0
metricsBindAddress: 127.0.0.1:0
hostnameOverride: node-a
`;
const WEB: SmallService = { name: 'web', number: 1, ready: ['pod1', 'remote'] };
const PORT = addressesOf(WEB).nodePorts.tcp;

describeKernel('node ports on loopback', () => {
  const directory = mkdtempSync(join(tmpdir(), 'vipc-loopback-'));
  const [config, snapshot] = [join(directory, 'config.yaml'), join(directory, 'cluster.json')];
  let topology: Topology;

  beforeAll(async () => {
    topology = await makeTopology(agentHost(), (netns) => agentHost({ netns }));
    const [{ text } = { text: '' }] = smallCluster([WEB]);
    writeFileSync(snapshot, text);
  });
  afterAll(async () => {
    await topology?.remove();
    rmSync(directory, { recursive: true });
  });

  const rows: readonly (readonly [string, string, readonly string[], readonly string[]])[] = [
    [
      'nftables',
      'nodePortAddresses: [127.0.0.0/8, "::1/128", 192.168.7.0/24]\n',
      [],
      ['127.0.0.1', '::1', '192.168.7.2'],
    ],
    ['iptables', '', ['--localhost-by-relay'], ['127.0.0.1', '192.168.7.2']],
  ];
  it.each(sample(rows, 1, 'loopback'))('%s mode', async (mode, more, flags, addresses) => {
    writeFileSync(config, `${CONFIG}mode: ${mode}\n${more}`);
    const daemon = startSync(topology.netns('node'), ['-c', config, '--snapshot', snapshot, ...flags]);
    try {
      await daemon.said('synced');
      for (const to of addresses) {
        const seen = await connect(topology.node, { to, port: PORT, count: 12 });
        expect([to, seen.every((each) => /^(?:10\.244\.|fd00:10:244:)/.test(each))]).toEqual([to, true]);
      }
      const { stdout } = await topology.node.run(['sysctl', '-n', 'net.ipv4.conf.all.route_localnet']);
      expect(stdout.trim()).toBe('0');
      // From elsewhere nobody gets to the listener.
      expect((await connect(topology.client, { to: '192.168.7.2', port: PORT }))[0]).toMatch(/^10\.244\./);
    } finally {
      await daemon.kill();
    }
    const asked = ['apply', '--netns', topology.netns('node'), '--iptables', 'nft', '-c', config, ...flags, snapshot];
    const { code, stderr } = await vipc(asked);
    expect([code, stderr]).toEqual([0, expect.stringContaining('the relay of vipc sync serves them')]);
    await vipc(['cleanup', '--netns', topology.netns('node'), '--iptables', 'nft']);
  });
});
