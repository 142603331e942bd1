/**
 * ipvs mode, one repair after the other: what a node finds that somebody did to it, or is asked for, and just what that
 * takes. A second look finds nothing more to do.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { parseCidr } from '../ip.js';
import type { Options } from '../options.js';
import { addressesOf, SMALL_OPTIONS, type SmallService, smallCluster } from '../testing/cases/small-cluster.js';
import { makeGuestNetns } from '../testing/machine/guest.js';
import { addNodeAddresses, type Netns, succeeded } from '../testing/machine/netns.js';
import { describeInGuest } from '../testing/machine/rings.js';
import { applyTo, cleanUp, inputsOf, type LiveNode, liveNode } from '../testing/node/live.js';
import { often } from '../testing/run/extent.js';

const describeGuest = await describeInGuest();

/** A Service with little to it: one virtual server. */
function service(number: number, change: Partial<SmallService> = {}): SmallService {
  const { clusterIP } = addressesOf({ number });
  const spec = {
    type: 'ClusterIP',
    clusterIPs: [clusterIP],
    ipFamilies: ['IPv4'],
    ports: [{ name: 'tcp', protocol: 'TCP', port: 80 }],
  };
  return { name: `s${number}`, number, ready: ['pod1'], status: {}, ...change, spec: { ...spec, ...change.spec } };
}

const STICKY = { spec: { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } } } };
const UDP = { spec: { ports: [{ name: 'udp', protocol: 'UDP', port: 80 }] } };

interface Step {
  /** What somebody does to the node before. */
  readonly shell?: string;
  readonly services?: readonly SmallService[];
  readonly ipvs?: Partial<Options['ipvs']>;
  /** What the tools are told. */
  readonly told: readonly (readonly [string, readonly string[]])[];
}

const VIP = '10.96.1.1:80';
const LOOP_BACK = 'hash:ip,port,ip family inet hashsize 1024 maxelem';

/** Each begins where the one before it ended, with Service 1 alone unless said. */
const STEPS: readonly (readonly [string, Step])[] = [
  [
    'a set without enough room changes places with a larger one, whatever an interrupted apply has left',
    {
      shell: `ipset create SMALL ${LOOP_BACK} 1
              ipset swap SMALL KUBE-LOOP-BACK
              ipset destroy SMALL
              ipset add KUBE-LOOP-BACK 10.244.1.5,tcp:8080,10.244.1.5
              ipset create VIPC-NEW hash:ip
              ipset add VIPC-NEW 192.0.2.1`,
      services: [service(1, { ready: ['pod1', 'pod2'] })],
      told: [
        [
          'ipset',
          [
            'destroy VIPC-NEW',
            `create VIPC-NEW ${LOOP_BACK} 65536`,
            'add VIPC-NEW 10.244.1.5,tcp:8080,10.244.1.5',
            'add VIPC-NEW 10.244.1.6,tcp:8080,10.244.1.6',
            'swap VIPC-NEW KUBE-LOOP-BACK',
            'destroy VIPC-NEW',
          ],
        ],
        ['ipvsadm', [`-a -t ${VIP} -r 10.244.1.6:8080 -m -w 1`]],
      ],
    },
  ],
  [
    'an endpoint goes',
    {
      told: [
        ['ipvsadm', [`-d -t ${VIP} -r 10.244.1.6:8080`]],
        ['ipset', ['del KUBE-LOOP-BACK 10.244.1.6,tcp:8080,10.244.1.6']],
      ],
    },
  ],
  [
    'a member of a protocol that is never written',
    {
      shell: 'ipset add KUBE-CLUSTER-IP 10.96.1.1,icmp:echo-request',
      told: [
        [
          'ipset',
          [
            'create VIPC-NEW hash:ip,port family inet hashsize 1024 maxelem 65536',
            'add VIPC-NEW 10.96.1.1,tcp:80',
            'swap VIPC-NEW KUBE-CLUSTER-IP',
            'destroy VIPC-NEW',
          ],
        ],
      ],
    },
  ],
  ['another scheduler', { ipvs: { scheduler: 'wlc' }, told: [['ipvsadm', [`-E -t ${VIP} -s wlc`]]] }],
  ['one with a flag', { ipvs: { scheduler: 'mh' }, told: [['ipvsadm', [`-E -t ${VIP} -s mh -b mh-port`]]] }],
  [
    'affinity, and the first scheduler again',
    { services: [service(1, STICKY)], told: [['ipvsadm', [`-E -t ${VIP} -s rr -p 60`]]] },
  ],
  ['no affinity', { told: [['ipvsadm', [`-E -t ${VIP} -s rr`]]] }],
  ['timeouts', { ipvs: { timeouts: { tcp: 800, tcpFin: 0, udp: 200 } }, told: [['ipvsadm', ['--set 800 0 200']]] }],
  ['the same timeouts', { ipvs: { timeouts: { tcp: 800, tcpFin: 120, udp: 0 } }, told: [] }],
  [
    'real servers of others, and weights that others set',
    {
      shell: `ipvsadm -a -t ${VIP} -r 192.0.2.1:80 -m
              ipvsadm -e -t ${VIP} -r 10.244.1.5:8080 -m -w 7`,
      told: [
        ['ipvsadm', [`-e -t ${VIP} -r 10.244.1.5:8080 -m -w 1`]],
        ['ipvsadm', [`-d -t ${VIP} -r 192.0.2.1:80`]],
      ],
    },
  ],
  [
    'a real server that is reached in another way',
    {
      shell: `ipvsadm -a -t ${VIP} -r 192.0.2.1:80 -g`,
      told: [['ipvsadm', [`-D -t ${VIP}`, `-A -t ${VIP} -s rr`, `-a -t ${VIP} -r 10.244.1.5:8080 -m -w 1`]]],
    },
  ],
  [
    'somebody has a virtual server where a Service is to be',
    {
      shell: 'ipvsadm -A -t 10.96.1.2:80 -s wlc; ipvsadm -a -t 10.96.1.2:80 -r 192.0.2.1:80 -g',
      services: [service(1), service(2)],
      told: [
        ['ipset', ['add KUBE-CLUSTER-IP 10.96.1.2,tcp:80', 'add KUBE-IPVS-IPS 10.96.1.2']],
        [
          'ipvsadm',
          ['-D -t 10.96.1.2:80', '-A -t 10.96.1.2:80 -s rr', '-a -t 10.96.1.2:80 -r 10.244.1.5:8080 -m -w 1'],
        ],
        ['ip', ['address add 10.96.1.2/32 dev kube-ipvs0']],
      ],
    },
  ],
  [
    'a Service goes to whose virtual server somebody added',
    {
      shell: 'ipvsadm -a -t 10.96.1.2:80 -r 192.0.2.1:80 -g',
      told: [
        ['ip', ['address delete 10.96.1.2/32 dev kube-ipvs0']],
        ['ipvsadm', ['-D -t 10.96.1.2:80']],
        ['ipset', ['del KUBE-CLUSTER-IP 10.96.1.2,tcp:80', 'del KUBE-IPVS-IPS 10.96.1.2']],
      ],
    },
  ],
  [
    'addresses of others on the device',
    {
      shell: 'ip address add 192.0.2.7/24 dev kube-ipvs0; ip address add 2001:db8::7/64 dev kube-ipvs0',
      told: [['ip', ['address delete 192.0.2.7/24 dev kube-ipvs0', 'address delete 2001:db8::7/64 dev kube-ipvs0']]],
    },
  ],
  [
    'a device of another kind, and no set any more in what rules there are',
    {
      shell: `ip link delete kube-ipvs0; ip link add kube-ipvs0 type bridge
              iptables-nft -t nat -F KUBE-SERVICES; ipset flush; sysctl -qw net.ipv4.vs.conntrack=0`,
      told: [
        [
          'ipset',
          [
            'add KUBE-CLUSTER-IP 10.96.1.1,tcp:80',
            'add KUBE-IPVS-IPS 10.96.1.1',
            'add KUBE-LOOP-BACK 10.244.1.5,tcp:8080,10.244.1.5',
          ],
        ],
        ['ip', ['link delete kube-ipvs0', 'link add kube-ipvs0 type dummy']],
        ['iptables', expect.arrayContaining(['*nat', ':KUBE-SERVICES - [0:0]', 'COMMIT']) as never],
        ['sysctl', ['net.ipv4.vs.conntrack = 1']],
        ['ip', ['address add 10.96.1.1/32 dev kube-ipvs0']],
      ],
    },
  ],
];

describeGuest('a node in ipvs mode', () => {
  let netns: Netns;
  let node: LiveNode;

  const applied = async ({ shell = '', services = [service(1)], ipvs = {} }: Omit<Step, 'told'>) => {
    if (shell !== '') succeeded(await netns.host.run(['sh', '-ec', shell]), 'shell');
    const options = { ...SMALL_OPTIONS, mode: 'ipvs', ipvs: { ...SMALL_OPTIONS.ipvs, ...ipvs } };
    return applyTo(node, smallCluster(services), options);
  };
  const servers = async () => (await netns.host.run(['ipvsadm', '--save', '-n'])).stdout.trim().split('\n');

  beforeAll(async () => {
    netns = await makeGuestNetns();
    await addNodeAddresses(netns.host);
    node = await liveNode(netns.host, 'nft');
  });

  afterAll(() => netns?.remove());

  it('sets of other types than ours that no rule names yet', async () => {
    const shell = 'ipset create KUBE-CLUSTER-IP hash:ip; ipset create KUBE-IPVS-IPS bitmap:port range 1-2';
    const { plan, rest, diagnostics } = await applied({ shell });
    expect(inputsOf(plan)[0]?.[1].filter((line) => line.startsWith('destroy'))).toEqual([
      'destroy KUBE-CLUSTER-IP',
      'destroy KUBE-IPVS-IPS',
    ]);
    expect([...rest.steps, ...diagnostics]).toEqual([]);
  });

  it.each(STEPS.slice(0, often(2, STEPS.length)))('%s', async (_, { told, ...step }) => {
    const { plan, rest, diagnostics } = await applied(step);
    expect(inputsOf(plan)).toEqual(told);
    expect([...rest.steps, ...diagnostics]).toEqual([]);
  });

  it('excludeCIDRs keep a virtual server that nobody wants', async () => {
    await applied({ services: [service(1), service(2, UDP)] });
    const excludeCIDRs = [parseCidr('10.96.1.2/31')].flatMap((cidr) => cidr ?? []);
    const { plan, rest } = await applied({ ipvs: { excludeCIDRs } });
    expect(inputsOf(plan).map(([tool]) => tool)).toEqual(['ip', 'ipset']);
    expect(rest.steps).toEqual([]);
    expect(await servers()).toContain('-A -u 10.96.1.2:80 -s rr');
  });

  it('a scheduler that the kernel does not have: what is served stays so, and who is not is named', async () => {
    const { diagnostics } = await applied({ services: [service(1), service(3)], ipvs: { scheduler: 'twos' } });
    expect(diagnostics.map(({ message, origin }) => [origin?.object, message])).toEqual([
      ['Service default/s1', `ipvsadm -E -t ${VIP} -s twos: ${NO_SCHEDULER}`],
      ['Service default/s3', `ipvsadm -A -t 10.96.1.3:80 -s twos: ${NO_SCHEDULER}`],
      ['Service default/s3', 'ipvsadm -a -t 10.96.1.3:80 -r 10.244.1.5:8080 -m -w 1: Service not defined'],
      [undefined, 'the iptables rules are what they were before'],
    ]);
    expect(await servers()).toContain(`-A -t ${VIP} -s rr`);
    expect(await servers()).not.toContain('-A -t 10.96.1.3:80 -s rr');
    expect((await applied({ services: [service(1), service(3)] })).diagnostics).toEqual([]);
    expect(await servers()).toContain('-A -t 10.96.1.3:80 -s rr');
  });

  it('cleanup empties a set that a rule of somebody names', async () => {
    const rule = '-A INPUT -m set --match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT';
    succeeded(await netns.host.run(['iptables-nft', ...rule.split(' ')]), 'rule');
    const { rest, diagnostics } = await cleanUp(node);
    expect([...rest.steps, ...diagnostics]).toEqual([]);
    const { stdout } = await netns.host.run(['sh', '-c', 'ipset save; iptables-nft-save | grep KUBE']);
    expect(stdout.replace(/ bucketsize.*/, '')).toBe(
      `create KUBE-CLUSTER-IP hash:ip,port family inet hashsize 1024 maxelem 65536\n${rule}\n`,
    );
  });

  it('cleanup gets everything else done when a set cannot go for a reason that nobody can see', async () => {
    await applied({});
    const shell = 'iptables-nft -F; ipset create OTHER list:set; ipset add OTHER KUBE-IPVS-IPS';
    succeeded(await netns.host.run(['sh', '-ec', shell]), 'list');
    const { diagnostics } = await cleanUp(node);
    expect(diagnostics.map(({ message }) => message)).toEqual([expect.stringContaining('"destroy KUBE-IPVS-IPS"')]);
    expect((await netns.host.run(['sh', '-c', 'iptables-nft-save | grep KUBE'])).stdout).toBe('');
    succeeded(await netns.host.run(['ipset', 'destroy', 'OTHER']), 'list');
    expect((await cleanUp(node)).diagnostics).toEqual([]);
    expect((await netns.host.run(['ipset', 'save'])).stdout).toBe('');
  });
});

const NO_SCHEDULER = 'Scheduler or persistence engine not found';
