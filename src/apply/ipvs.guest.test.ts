/**
 * ipvs mode, one repair after the other: a change of the node by another program, or of what is desired, and exactly the
 * input of the tools that it takes. A second plan is empty.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeInGuest } from '../testing/machine/rings.js';
import { type IpvsNode, ipvsNode, ipvsService, type Situation } from '../testing/node/ipvs.js';
import { inputsOf } from '../testing/node/live.js';
import { often } from '../testing/run/extent.js';

const describeGuest = await describeInGuest();

const STICKY = { spec: { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } } } };

interface Step extends Situation {
  /** The input of the tools. */
  readonly told: readonly (readonly [string, readonly string[]])[];
}

const VIP = '10.96.1.1:80';
const LOOP_BACK = 'hash:ip,port,ip family inet hashsize 1024 maxelem';

/** Each begins with the node that the one before it left, with Service 1 alone unless said. */
const STEPS: readonly (readonly [string, Step])[] = [
  [
    'a set without enough room is swapped with a larger one, whatever an interrupted apply has left',
    {
      shell: `ipset create SMALL ${LOOP_BACK} 1
              ipset swap SMALL KUBE-LOOP-BACK
              ipset destroy SMALL
              ipset add KUBE-LOOP-BACK 10.244.1.5,tcp:8080,10.244.1.5
              ipset create VIPC-NEW hash:ip
              ipset add VIPC-NEW 192.0.2.1`,
      services: [ipvsService(1, { ready: ['pod1', 'pod2'] })],
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
    'an endpoint is deleted',
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
    { services: [ipvsService(1, STICKY)], told: [['ipvsadm', [`-E -t ${VIP} -s rr -p 60`]]] },
  ],
  ['no affinity', { told: [['ipvsadm', [`-E -t ${VIP} -s rr`]]] }],
  ['timeouts', { ipvs: { timeouts: { tcp: 800, tcpFin: 0, udp: 200 } }, told: [['ipvsadm', ['--set 800 0 200']]] }],
  ['the same timeouts', { ipvs: { timeouts: { tcp: 800, tcpFin: 120, udp: 0 } }, told: [] }],
  [
    'foreign real servers, and foreign weights',
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
    'a foreign virtual server at the address of a new Service',
    {
      shell: 'ipvsadm -A -t 10.96.1.2:80 -s wlc; ipvsadm -a -t 10.96.1.2:80 -r 192.0.2.1:80 -g',
      services: [ipvsService(1), ipvsService(2)],
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
    'a Service is deleted, and its virtual server has a foreign real server',
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
    'foreign addresses on the device',
    {
      shell: 'ip address add 192.0.2.7/24 dev kube-ipvs0; ip address add 2001:db8::7/64 dev kube-ipvs0',
      told: [['ip', ['address delete 192.0.2.7/24 dev kube-ipvs0', 'address delete 2001:db8::7/64 dev kube-ipvs0']]],
    },
  ],
  [
    'a device of another kind, empty sets, and chains without rules',
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
  let node: IpvsNode;
  beforeAll(async () => {
    node = await ipvsNode();
  });
  afterAll(() => node?.remove());

  it('sets of other types than ours that no rule names yet', async () => {
    const shell = 'ipset create KUBE-CLUSTER-IP hash:ip; ipset create KUBE-IPVS-IPS bitmap:port range 1-2';
    const { plan, rest, diagnostics } = await node.applied({ shell });
    expect(inputsOf(plan)[0]?.[1].filter((line) => line.startsWith('destroy'))).toEqual([
      'destroy KUBE-CLUSTER-IP',
      'destroy KUBE-IPVS-IPS',
    ]);
    expect([...rest.steps, ...diagnostics]).toEqual([]);
  });

  it.each(STEPS.slice(0, often(2, STEPS.length)))('%s', async (_, { told, ...step }) => {
    const { plan, rest, diagnostics } = await node.applied(step);
    expect(inputsOf(plan)).toEqual(told);
    expect([...rest.steps, ...diagnostics]).toEqual([]);
  });
});
