/**
 * words: every line that any tool prints for a Service has a sentence.
 */
import { describe, expect, it } from '@jest/globals';
import { compileState } from '../pipeline.js';
import { caseInput, cases } from '../testing/cases/cases.js';
import { sample } from '../testing/run/extent.js';
import { shownRules } from './service-rules.js';
import { wordsOf } from './words.js';

const MODES: readonly (readonly [mode: string, layout?: string])[] = [
  ['iptables', 'kube-proxy'],
  ['iptables', 'fast'],
  ['ipvs'],
  ['nftables', 'kube-proxy'],
  ['nftables', 'fast'],
  ['userspace'],
];

/** Lines of a set's own definition, which say nothing about a Service. */
const HEAD = /^(?:type|flags|timeout|size|elements|typeof|gc-interval|counter|policy)\b|^[{}]/;

describe.each(MODES)('in mode %s, layout %s', (mode, layout) => {
  it('every line has a sentence', () => {
    const without: string[] = [];
    for (const each of sample(cases(), 25, `words ${mode} ${layout}`)) {
      const { sources, options } = caseInput(each);
      const { value } = compileState(sources, { ...options, mode }, { skipInvalid: true, layout });
      for (const { node, ports } of value?.resolved ?? []) {
        const services = new Set(ports.map(({ name }) => `${name.namespace}/${name.service}`));
        for (const service of services) {
          for (const [heading = '', ...lines] of shownRules(value?.desired ?? {}, node.family, service)) {
            without.push(
              ...lines
                .filter((line) => !HEAD.test(line.trim()) && wordsOf(heading, line) === '')
                .map((line) => `${heading}: ${line}`),
            );
          }
        }
      }
    }
    expect([...new Set(without)].slice(0, 10)).toEqual([]);
  });
});

describe('the sentence', () => {
  it.each<[string, string, string]>([
    [
      '### iptables nat KUBE-SERVICES',
      '-A KUBE-SERVICES -d 10.96.0.41/32 -p tcp -m comment --comment "default/web:http cluster IP" -m tcp --dport 80 -j KUBE-SVC-X',
      'TCP, to 10.96.0.41, port 80: goes on in KUBE-SVC-X.',
    ],
    [
      '### iptables nat KUBE-SVC-X',
      '-A KUBE-SVC-X ! -s 10.0.0.0/8 -d 10.96.0.41/32 -p tcp -m comment --comment "x" -m tcp --dport 80 -j KUBE-MARK-MASQ',
      'TCP, not from 10.0.0.0/8, to 10.96.0.41, port 80: is marked, so that it leaves with the address of this node as its source.',
    ],
    [
      '### iptables nat KUBE-SVC-X',
      '-A KUBE-SVC-X -m statistic --mode random --probability 0.33333333349 -j KUBE-SEP-Y',
      'For 1/3 of the connections that get here: goes on in KUBE-SEP-Y.',
    ],
    [
      '### ip6tables filter KUBE-SERVICES',
      '-A KUBE-SERVICES -d fd00::1/128 -p udp -m udp --dport 53 -j REJECT --reject-with icmp6-port-unreachable',
      'UDP, to fd00::1, port 53: is refused, and the client is told so.',
    ],
    [
      '### iptables nat KUBE-PORTALS-HOST',
      '-A KUBE-PORTALS-HOST -d 10.96.0.1/32 -p tcp -m comment --comment "default/web:tcp" -m tcp --dport 80 -j DNAT --to-destination 192.168.7.2:21994',
      'TCP, to 10.96.0.1, port 80: is sent to port 21994 of this node, where the relay takes it.',
    ],
    [
      '### ipset KUBE-CLUSTER-IP',
      'add KUBE-CLUSTER-IP 10.96.0.41,tcp:80',
      '10.96.0.41,tcp:80 is a cluster IP: clients from outside are masqueraded, the rest may pass.',
    ],
    [
      '### ipvsadm',
      '-A -t 10.96.0.41:80 -s rr',
      'The virtual server 10.96.0.41:80 gives connections to its endpoints, each in turn.',
    ],
    [
      '### ipvsadm',
      '-a -t 10.96.0.41:80 -r 10.244.1.5:8080 -m -w 0',
      'The endpoint 10.244.1.5:8080 keeps its connections of 10.96.0.41:80 and gets no new ones.',
    ],
    [
      '### nft chain ip kube-proxy service-X',
      'meta l4proto tcp dnat ip to numgen random mod 2 map { 0 : 10.244.1.5 . 8080, 1 : 10.244.2.6 . 8080 }',
      'If it is TCP: it is sent to one of 2 endpoints, chosen at random.',
    ],
    [
      '### nft chain ip kube-proxy external-X',
      'meta mark set meta mark | 0x00004000 comment "masquerade"',
      'Whatever comes here: it is marked, so that it leaves with the address of this node as its source.',
    ],
    [
      '### nft map ip kube-proxy service-ips',
      '10.96.0.41 . tcp . 80 : goto service-X',
      'Who connects to this address and port goes on in that chain.',
    ],
  ])('%s, %s', (heading, line, sentence) => {
    expect(wordsOf(heading, line)).toBe(sentence);
  });
});
