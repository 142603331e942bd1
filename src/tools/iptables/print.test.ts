import { describe, expect, it } from '@jest/globals';
import { printRule } from './print.js';
import { ACCEPT, comment, DROP, is, jumpTo, not, type Rule, rule } from './types.js';

const V4: readonly [string, Rule, string][] = [
  ['nothing', rule({}, []), ''],
  ['a jump', rule({}, [], jumpTo('KUBE-FIREWALL')), ' -j KUBE-FIREWALL'],
  [
    'the header, in the order of iptables-save',
    rule({ protocol: 'tcp', inInterface: not('cni0'), destination: is('10.0.0.1/32'), source: not('10.1.0.0/16') }, []),
    ' ! -s 10.1.0.0/16 -d 10.0.0.1/32 ! -i cni0 -p tcp',
  ],
  ['any source is no condition', rule({ source: is('0.0.0.0/0') }, [], DROP), ' -j DROP'],
  ['a plain comment', rule({}, [comment('a_b-9')]), ' -m comment --comment a_b-9'],
  ['an empty comment', rule({}, [comment('')]), ' -m comment --comment ""'],
  ['a comment with blanks', rule({}, [comment('a b')]), ' -m comment --comment "a b"'],
  ['quotes', rule({}, [comment(`a" -j ACCEPT '\\`)]), ` -m comment --comment "a\\" -j ACCEPT \\'\\\\"`],
  ['line breaks', rule({}, [comment('a\n-A INPUT\r\t\u0000')]), ' -m comment --comment "a?-A INPUT???"'],
  ['a port', rule({}, [{ kind: 'l4', protocol: 'sctp', destinationPort: 80 }]), ' -m sctp --dport 80'],
  ['a protocol', rule({}, [{ kind: 'l4', protocol: 'udp' }]), ' -m udp'],
  [
    'states',
    rule({}, [{ kind: 'conntrack', states: not(['RELATED', 'DNAT']) }], ACCEPT),
    ' -m conntrack ! --ctstate RELATED,DNAT -j ACCEPT',
  ],
  [
    'bit 31 of the mark',
    rule({}, [{ kind: 'mark', mark: not({ value: 2 ** 31, mask: 2 ** 31 }) }], {
      kind: 'mark',
      value: 2 ** 31,
      mask: 0,
    }),
    ' -m mark ! --mark 0x80000000/0x80000000 -j MARK --set-xmark 0x80000000/0x0',
  ],
  [
    'one third',
    rule({}, [{ kind: 'statistic', probability: 715827883 }]),
    ' -m statistic --mode random --probability 0.33333333349',
  ],
  ['DNAT', rule({}, [], { kind: 'dnat', ip: '10.0.0.1', port: 80 }), ' -j DNAT --to-destination 10.0.0.1:80'],
  ['REJECT', rule({}, [], { kind: 'reject' }), ' -j REJECT --reject-with icmp-port-unreachable'],
  ['MASQUERADE', rule({}, [], { kind: 'masquerade', randomFully: false }), ' -j MASQUERADE'],
];

const V6: readonly [string, Rule, string][] = [
  ['DNAT', rule({}, [], { kind: 'dnat', ip: 'fd00::1', port: 80 }), ' -j DNAT --to-destination [fd00::1]:80'],
  ['REJECT', rule({}, [], { kind: 'reject' }), ' -j REJECT --reject-with icmp6-port-unreachable'],
  ['an IPv4-compatible address', rule({ source: is('::102:304/128') }, []), ' -s ::1.2.3.4/128'],
  ['but not the loopback', rule({ source: is('::1/128') }, []), ' -s ::1/128'],
  [
    'recent',
    rule({}, [{ kind: 'recent', list: 'KUBE-SEP-X', check: { kind: 'rcheck', seconds: 10800 } }]),
    ' -m recent --rcheck --seconds 10800 --reap --name KUBE-SEP-X --mask ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff --rsource',
  ],
];

describe('printRule', () => {
  it.each(V4)('ipv4: %s', (_, given, expected) => expect(printRule(given, 'ipv4')).toBe(expected));
  it.each(V6)('ipv6: %s', (_, given, expected) => expect(printRule(given, 'ipv6')).toBe(expected));
});
