import { describe, expect, it } from '@jest/globals';
import type { Family } from '../../../ip.js';
import { printRule } from '../print.js';
import { ACCEPT, comment, is, jumpTo, type Match, not, RETURN, type Rule, rule, type Target } from '../types.js';
import { parseRule } from './rule.js';

/** Name, text, rule; printing the rule gives the text again. */
const READ: readonly [string, string, Rule][] = [
  ['nothing', '', rule({}, [])],
  ['a jump', ' -j KUBE-FIREWALL', rule({}, [], jumpTo('KUBE-FIREWALL'))],
  ['a goto', ' -g KUBE-FIREWALL', rule({}, [], { kind: 'goto', chain: 'KUBE-FIREWALL' })],
  ['a chain with the name of an object method', ' -j constructor', rule({}, [], jumpTo('constructor'))],
  [
    'every field of the header',
    ' ! -s 10.1.0.0/16 -d 10.0.0.1/32 ! -i cni0 -o eth+ -p tcp',
    rule(
      {
        source: not('10.1.0.0/16'),
        destination: is('10.0.0.1/32'),
        inInterface: not('cni0'),
        outInterface: is('eth+'),
        protocol: 'tcp',
      },
      [],
    ),
  ],
  ['another protocol', ' -p esp', rule({ protocol: is('esp') }, [])],
  ['not a protocol', ' ! -p udp -j RETURN', rule({ protocol: not('udp') }, [], RETURN)],
  ['fragments', ' -i eth0 -f -j RETURN', rule({ inInterface: is('eth0'), other: ' -f' }, [], RETURN)],
  [
    'a mask that is no prefix',
    ' -s 10.0.0.0/255.0.255.0 -p tcp',
    rule({ other: ' -s 10.0.0.0/255.0.255.0 -p tcp' }, []),
  ],
  ['an address of the other family', ' -s fd00::1/128', rule({ other: ' -s fd00::1/128' }, [])],
  ['host bits', ' -s 10.0.0.1/8', rule({ other: ' -s 10.0.0.1/8' }, [])],
  ['all addresses', ' -s 0.0.0.0/0', rule({ other: ' -s 0.0.0.0/0' }, [])],
  ['another order', ' -p tcp -s 10.0.0.1/32', rule({ protocol: 'tcp', other: ' -s 10.0.0.1/32' }, [])],
  ['two blanks', '  -p tcp  -j ACCEPT', rule({ other: '  -p tcp' }, [], unknown('  -j ACCEPT'))],
  ['no blank', '-j ACCEPT', rule({}, [], unknown('-j ACCEPT'))],
  ['an interface that looks like an option', ' -i -j -j ACCEPT', rule({ inInterface: is('-j') }, [], ACCEPT)],
  ['a comment that looks like an option', ' -m comment --comment -j -j ACCEPT', rule({}, [comment('-j')], ACCEPT)],
  ['an empty comment', ' -m comment --comment ""', rule({}, [comment('')])],
  ['escapes', ` -m comment --comment "a\\" -j ACCEPT \\'\\\\"`, rule({}, [comment(`a" -j ACCEPT '\\`)])],
  ['a tab', ' -m comment --comment "a\tb"', rule({}, [unknown(' -m comment --comment "a\tb"')])],
  ['an open quote', ' -m comment --comment "a', rule({}, [unknown(' -m comment --comment "a')])],
  [
    'states, in the order of the text',
    ' -m conntrack ! --ctstate DNAT,NEW',
    rule({}, [{ kind: 'conntrack', states: not(['DNAT', 'NEW']) }]),
  ],
  ['a whole mark', ' -m mark --mark 0x10', rule({}, [{ kind: 'mark', mark: is({ value: 16, mask: 2 ** 32 - 1 }) }])],
  ['a range of ports', ' -m tcp --dport 80:90', rule({}, [{ kind: 'ports', protocol: 'tcp', ports: [80, 90] }])],
  [
    'the program of xt_bpf that vipc writes',
    ' -m bpf --bytecode "6,32 0 0 12,7 0 0 0,32 0 0 16,29 0 1 0,6 0 0 65535,6 0 0 0"',
    rule({}, [{ kind: 'same-address' }]),
  ],
  ['one third', ' -m statistic --mode random --probability 0.33333333349', rule({}, [statistic(715827883)])],
  ['always', ' -m statistic --mode random --probability 1.00000000000', rule({}, [statistic(2 ** 31)])],
  [
    'after the target nothing begins',
    ' -j LOG --log-prefix -m -j ACCEPT',
    rule({}, [], unknown(' -j LOG --log-prefix -m -j ACCEPT')),
  ],
];

/** Matches and targets that vipc reads in part only: one more option or value makes them unknown. */
const NOT_OURS: readonly string[] = [
  ' -m tcp --dport 90:80',
  ' -m tcp --dport 80:80',
  ' -m tcp --dport :90',
  ' -m bpf --bytecode "1,6 0 0 65535"',
  ' -m bpf --object-pinned /sys/fs/bpf/x',
  ' -m tcp ! --dport 80',
  ' -m tcp --sport 80',
  ' -m tcp --sport 1024:65535 --dport 80',
  ' -m tcp --dport 65536',
  ' -m tcp --dport 080',
  ' -m conntrack --ctstate NEW,UNTRACKED',
  ' -m conntrack --ctstate NEW --ctproto 6',
  ' -m conntrack --ctstate',
  ' -m mark --mark 0x100000000',
  ' -m addrtype --dst-type LOCAL --limit-iface-in',
  ' -m addrtype --src-type LOCAL --dst-type LOCAL',
  ' -m addrtype --dst-type BROADCAST',
  ' -m set ! --match-set A src',
  ' -m set --match-set A src --return-nomatch',
  ' -m physdev --physdev-in x',
  ' -m physdev --physdev-in x --physdev-is-in',
  ' -m ipvs --ipvs',
  ' -m ipvs --vproto 6 --vaddr 10.0.0.1 --vport 80 --vdir ORIGINAL',
  ' -m ipvs --vproto 6 --vaddr fd00::1 --vport 80',
  ' -m ipvs --vproto 47 --vaddr 10.0.0.1 --vport 80',
  ' -m statistic --mode nth --every 3 --packet 0',
  ' -m statistic --mode random ! --probability 0.50000000000',
  ' -m statistic --mode random --probability 0.333333',
  ' -m statistic --mode random --probability 1.50000000000',
  ' -m recent --update --seconds 30 --name A --mask 255.255.255.255 --rsource',
  ' -m recent --rcheck --seconds 30 --name A --mask 255.255.255.255 --rsource',
  ' -m recent --rcheck --seconds 30 --reap --hitcount 6 --name A --mask 255.255.255.255 --rsource',
  ' -m recent ! --rcheck --seconds 30 --reap --name A --mask 255.255.255.255 --rsource',
  ' -m recent --set --name A --mask 255.255.255.0 --rsource',
  ' -m recent --set --name A --mask 255.255.255.255 --rdest',
  ' -m constructor',
  ' -j ACCEPT --x',
  ' -g ACCEPT --x',
  ' -j LOG',
  ' -j TRACE',
  ' -j REJECT',
  ' -j REJECT --reject-with icmp-host-prohibited',
  ' -j REJECT --reject-with icmp6-port-unreachable',
  ' -j MARK --set-xmark 010/0xff',
  ' -j MARK --set-xmark 0x1ffffffff/0x1',
  ' -j DNAT --to-destination 10.0.0.1',
  ' -j DNAT --to-destination :80',
  ' -j DNAT --to-destination 10.0.0.1:80-90',
  ' -j DNAT --to-destination 10.0.0.1-10.0.0.9:80',
  ' -j DNAT --to-destination 10.0.0.1:80 --random',
  ' -j DNAT --to-destination [fd00::1]:80',
  ' -j MASQUERADE --random',
  ' -j MASQUERADE --to-ports 1024-65535 --random-fully',
];

/** Texts of other versions of the tool, and what 1.8.9 prints for the same rule. */
const OTHER_SPELLINGS: readonly [string, Family, string][] = [
  [' -p 132 -m sctp --dport 80', 'ipv4', ' -p sctp -m sctp --dport 80'],
  [' ! -p 6', 'ipv4', ' ! -p tcp'],
  [' -m comment --comment "plain"', 'ipv4', ' -m comment --comment plain'],
  [' -m comment --comment a/b', 'ipv4', ' -m comment --comment "a/b"'],
  [' -m mark --mark 0x1/0xffffffff', 'ipv4', ' -m mark --mark 0x1'],
  [' -m recent --set --name A --rsource', 'ipv4', ' -m recent --set --name A --mask 255.255.255.255 --rsource'],
  [
    ' -m recent --rcheck --seconds 5 --reap --name A --rsource',
    'ipv6',
    ' -m recent --rcheck --seconds 5 --reap --name A --mask ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff --rsource',
  ],
  [' -j MARK --or-mark 0x4000', 'ipv4', ' -j MARK --set-xmark 0x4000/0x4000'],
  [' -j MARK --and-mark 0xffffbfff', 'ipv4', ' -j MARK --set-xmark 0x0/0x4000'],
  [' -j MARK --xor-mark 0x4000', 'ipv4', ' -j MARK --set-xmark 0x4000/0x0'],
  [' -j MARK --set-mark 16384', 'ipv4', ' -j MARK --set-xmark 0x4000/0xffffffff'],
  [' -j MARK --set-mark 0x4000/0x8000', 'ipv4', ' -j MARK --set-xmark 0x4000/0xc000'],
  [' -j MARK --set-xmark 0x4000', 'ipv4', ' -j MARK --set-xmark 0x4000/0xffffffff'],
];

describe('parseRule', () => {
  it.each(READ)('reads %s', (_, text, expected) => {
    expect(parseRule(text, 'ipv4')).toEqual(expected);
    expect(printRule(expected, 'ipv4')).toBe(text);
  });

  it.each(NOT_OURS)('leaves alone%s', (text) => {
    const { matches, target } = parseRule(text, 'ipv4');
    expect([...matches, ...(target ? [target] : [])]).toEqual([unknown(text)]);
  });

  it.each(OTHER_SPELLINGS)('reads%s (%s)', (text, family, canonical) => {
    const read = parseRule(text, family);
    expect([...read.matches, read.target].map((part) => part?.kind)).not.toContain('unknown');
    expect(printRule(read, family)).toBe(canonical);
  });

  it('reads IPv6', () => {
    const text = ' -s ::1.2.3.4/128 ! -d fd00::/8 -p tcp -m tcp -j DNAT --to-destination [fd00::1]:80';
    const header = { source: is('::102:304/128'), destination: not('fd00::/8'), protocol: 'tcp' } as const;
    const dnat: Target = { kind: 'dnat', ip: 'fd00::1', port: 80 };
    expect(parseRule(text, 'ipv6')).toEqual(rule(header, [{ kind: 'l4', protocol: 'tcp' }], dnat));
    expect(parseRule(' -d ::ffff:1.2.3.4/128', 'ipv6').header).toEqual({ other: ' -d ::ffff:1.2.3.4/128' });
  });
});

function unknown(text: string): { readonly kind: 'unknown'; readonly text: string } {
  return { kind: 'unknown', text };
}

function statistic(probability: number): Match {
  return { kind: 'statistic', probability };
}
