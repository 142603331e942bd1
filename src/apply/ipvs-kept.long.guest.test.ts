/**
 * ipvs mode, what cannot or must not be changed: virtual servers that are excluded, a scheduler that the kernel lacks,
 * sets that rules of other programs name.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { parseCidr } from '../ip.js';
import { succeeded } from '../testing/machine/netns.js';
import { describeInGuest } from '../testing/machine/rings.js';
import { type IpvsNode, ipvsNode, ipvsService } from '../testing/node/ipvs.js';
import { cleanUp, inputsOf } from '../testing/node/live.js';

const describeGuest = await describeInGuest();

const UDP = { spec: { ports: [{ name: 'udp', protocol: 'UDP', port: 80 }] } };
const VIP = '10.96.1.1:80';
const NO_SCHEDULER = 'Scheduler or persistence engine not found';

describeGuest('a node in ipvs mode', () => {
  let node: IpvsNode;
  beforeAll(async () => {
    node = await ipvsNode();
  });
  afterAll(() => node?.remove());

  it('excludeCIDRs keep a virtual server of no Service', async () => {
    await node.applied({ services: [ipvsService(1), ipvsService(2, UDP)] });
    const excludeCIDRs = [parseCidr('10.96.1.2/31')].flatMap((cidr) => cidr ?? []);
    const { plan, rest } = await node.applied({ ipvs: { excludeCIDRs } });
    expect(inputsOf(plan).map(([tool]) => tool)).toEqual(['ip', 'ipset']);
    expect(rest.steps).toEqual([]);
    expect(await node.servers()).toContain('-A -u 10.96.1.2:80 -s rr');
  });

  it('a scheduler that the kernel does not have: served Services stay served, the others are named', async () => {
    const { diagnostics } = await node.applied({
      services: [ipvsService(1), ipvsService(3)],
      ipvs: { scheduler: 'twos' },
    });
    expect(diagnostics.map(({ message, origin }) => [origin?.object, message])).toEqual([
      ['Service default/s1', `ipvsadm -E -t ${VIP} -s twos: ${NO_SCHEDULER}`],
      ['Service default/s3', `ipvsadm -A -t 10.96.1.3:80 -s twos: ${NO_SCHEDULER}`],
      ['Service default/s3', 'ipvsadm -a -t 10.96.1.3:80 -r 10.244.1.5:8080 -m -w 1: Service not defined'],
      [undefined, 'the rules are what they were before'],
    ]);
    expect(await node.servers()).toContain(`-A -t ${VIP} -s rr`);
    expect(await node.servers()).not.toContain('-A -t 10.96.1.3:80 -s rr');
    expect((await node.applied({ services: [ipvsService(1), ipvsService(3)] })).diagnostics).toEqual([]);
    expect(await node.servers()).toContain('-A -t 10.96.1.3:80 -s rr');
  });

  it('cleanup empties a set that a foreign rule names', async () => {
    const rule = '-A INPUT -m set --match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT';
    succeeded(await node.host.run(['iptables-nft', ...rule.split(' ')]), 'rule');
    const { rest, diagnostics } = await cleanUp(node.node);
    expect([...rest.steps, ...diagnostics]).toEqual([]);
    const { stdout } = await node.host.run(['sh', '-c', 'ipset save; iptables-nft-save | grep KUBE']);
    expect(stdout.replace(/ bucketsize.*/, '')).toBe(
      `create KUBE-CLUSTER-IP hash:ip,port family inet hashsize 1024 maxelem 65536\n${rule}\n`,
    );
  });

  it('cleanup removes everything else when a set is in use and no rule shows where', async () => {
    await node.applied({});
    const shell = 'iptables-nft -F; ipset create OTHER list:set; ipset add OTHER KUBE-IPVS-IPS';
    succeeded(await node.host.run(['sh', '-ec', shell]), 'list');
    const { diagnostics } = await cleanUp(node.node);
    expect(diagnostics.map(({ message }) => message)).toEqual([expect.stringContaining('"destroy KUBE-IPVS-IPS"')]);
    expect((await node.host.run(['sh', '-c', 'iptables-nft-save | grep KUBE'])).stdout).toBe('');
    succeeded(await node.host.run(['ipset', 'destroy', 'OTHER']), 'list');
    expect((await cleanUp(node.node)).diagnostics).toEqual([]);
    expect((await node.host.run(['ipset', 'save'])).stdout).toBe('');
  });
});
