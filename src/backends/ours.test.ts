import { describe, expect, it } from '@jest/globals';
import type { Link } from '../tools/addresses/types.js';
import { parse as parseSets } from '../tools/ipset/parse.js';
import { parse, parseRule } from '../tools/iptables/parse.js';
import { printRule } from '../tools/iptables/print.js';
import type { TableName } from '../tools/iptables/types.js';
import { besideKubelet, lacksFirewall } from './kubelet.js';
import { oursIn, ownershipIn } from './ours.js';

const NODE = ownershipIn(parse('', 'ipv4').value);
const KUBELET = ownershipIn(
  parse('*mangle\n:KUBE-IPTABLES-HINT - [0:0]\nCOMMIT\n*filter\n:KUBE-FIREWALL - [0:0]\nCOMMIT\n', 'ipv4').value,
);

/** A kubelet from before it had a canary. */
const OLD_KUBELET = ownershipIn(
  parse(
    '*filter\n:KUBE-FIREWALL - [0:0]\n-A KUBE-FIREWALL -m comment --comment "kubernetes firewall for dropping marked packets" -m mark --mark 0x8000/0x8000 -j DROP\nCOMMIT\n',
    'ipv4',
  ).value,
);

const CHAINS: readonly [TableName, string, boolean, boolean][] = [
  ['nat', 'KUBE-SERVICES', true, true],
  ['nat', 'KUBE-PORTALS-CONTAINER', true, true],
  ['filter', 'KUBE-NODEPORT-NON-LOCAL', true, true],
  ['filter', 'KUBE-SERVICES', true, true],
  ['nat', 'KUBE-SVC-NPX46M4PTMTKRN6Y', true, true],
  ['nat', 'KUBE-XLB-NPX46M4PTMTKRN6Y', true, true],
  ['filter', 'KUBE-IPVS-OUT-FILTER', true, true],
  ['filter', 'KUBE-FIREWALL', true, false],
  ['mangle', 'KUBE-PROXY-CANARY', true, true],
  ['mangle', 'KUBE-SERVICES', false, false],
  ['mangle', 'KUBE-IPTABLES-HINT', false, false],
  ['nat', 'VIPC-SERVICES', true, true],
  ['filter', 'VIPC-NODEPORTS', true, true],
  ['nat', 'VIPC-SVC-NPX46M4PTMTKRN6Y', true, true],
  ['nat', 'VIPC-SVL-NPX46M4PTMTKRN6Yahb', true, true],
  ['nat', 'VIPC-KEY-NPX46M4PTMTKRN6Y', true, true],
  ['nat', 'VIPC-IP-10.96.0.0-16', true, true],
  ['nat', 'VIPC-IP-fd00.10.96..-112', true, true],
  ['filter', 'VIPC-EX-NPX46M4PTMTKRN6Y', true, true],
  ['nat', 'VIPC-tcp-30720-30735', true, true],
  ['filter', 'VIPC-HC-tcp-30720-30735', true, true],
  ['mangle', 'VIPC-SERVICES', false, false],
  ['nat', 'VIPC-SVC-NPX46M4PTMTKRN6Yi', false, false],
  ['nat', 'VIPC-MINE', false, false],
  ['nat', 'VIPC-IP-mine', false, false],
  ['nat', 'KUBE-SVC-NPX46M4PTMTKRN6', false, false],
  ['nat', 'KUBE-SVC-npx46m4ptmtkrn6y', false, false],
  ['filter', 'KUBE-ROUTER-INPUT', false, false],
  ['nat', 'KUBE-SERVICES-MINE', false, false],
  ['filter', 'INPUT', false, false],
];

const RULES: readonly [string, boolean][] = [
  [' -m comment --comment "kubernetes service portals" -j KUBE-SERVICES', true],
  [' -m conntrack --ctstate NEW -m comment --comment "old" -j KUBE-SERVICES', true],
  [' -j KUBE-SERVICES', true],
  [' -m addrtype --dst-type LOCAL -m comment --comment "handle service NodePorts" -j KUBE-NODEPORT-HOST', true],
  [' -m addrtype --src-type LOCAL -j KUBE-NODEPORT-HOST', false],
  [' -m addrtype --dst-type LOCAL -j KUBE-SERVICES', false],
  [' -s 10.0.0.0/8 -j KUBE-SERVICES', false],
  [' -m mark --mark 0x1/0x1 -j KUBE-SERVICES', false],
  [' -m conntrack --ctstate NEW,RELATED -j KUBE-SERVICES', false],
  [' -m conntrack ! --ctstate NEW -j KUBE-SERVICES', false],
  [' -g KUBE-SERVICES', false],
  // No built-in chain jumps to such a chain.
  [' -j KUBE-SVC-NPX46M4PTMTKRN6Y', false],
  [' -j KUBE-MARK-MASQ', false],
  [' -j DOCKER', false],
  [' -j ACCEPT', false],
];

describe('rules', () => {
  it.each(CHAINS)('%s %s: ours %s, beside kubelet %s', (table, name, alone, beside) => {
    expect([NODE.chain(table, name), KUBELET.chain(table, name)]).toEqual([alone, beside]);
    expect(OLD_KUBELET.chain(table, name)).toBe(beside);
  });

  it.each(RULES)('-A PREROUTING%s: %s', (line, expected) => {
    expect(NODE.rule('nat', 'PREROUTING', parseRule(line, 'ipv4'))).toBe(expected);
    // Only the owner of a chain adds rules to it.
    expect(NODE.rule('nat', 'DOCKER', parseRule(line, 'ipv4'))).toBe(false);
  });
});

describe('beside kubelet', () => {
  const MARTIANS =
    '-A KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m comment --comment "block incoming localnet connections" -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP';
  const CANARY = '*mangle\n:KUBE-KUBELET-CANARY - [0:0]\nCOMMIT\n';
  const filter = (...lines: readonly string[]) =>
    `*filter\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:KUBE-FIREWALL - [0:0]\n${lines.map((line) => `${line}\n`).join('')}COMMIT\n`;
  const JUMPS = ['-A INPUT -j KUBE-FIREWALL', '-A OUTPUT -j KUBE-FIREWALL'];
  const DESIRED = parse(filter(...JUMPS, '-A INPUT -j KUBE-NODEPORTS', MARTIANS), 'ipv4').value;
  const MARKED = '-A KUBE-FIREWALL -m mark --mark 0x8000/0x8000 -j DROP';

  it.each<[string, string, boolean, boolean]>([
    ['no kubelet', filter(...JUMPS, MARTIANS), true, false],
    ['nothing', '', true, false],
    ['kubelet', CANARY + filter(...JUMPS, MARTIANS), false, false],
    ['kubelet that has not got there', CANARY, false, true],
    ['kubelet without a jump', CANARY + filter(JUMPS[0] ?? '', MARTIANS), false, true],
    ['kubelet without the rule', CANARY + filter(...JUMPS), false, true],
    ['kubelet that has no canary yet', filter(...JUMPS, MARKED, MARTIANS), false, false],
    ['a rule of others in our chain', filter(...JUMPS, '-A KUBE-FIREWALL -j ACCEPT'), true, false],
  ])('%s', (_, there, ours, lacks) => {
    const observed = parse(there, 'ipv4').value;
    const kept = besideKubelet(observed, DESIRED).tables.flatMap(({ chains }) =>
      chains.flatMap(({ name, rules }) => rules().map((each) => `-A ${name}${printRule(each, 'ipv4')}`)),
    );
    expect(kept.filter((line) => line.includes('KUBE-FIREWALL'))).toEqual(ours ? [...JUMPS, MARTIANS] : []);
    expect(kept).toContain('-A INPUT -j KUBE-NODEPORTS');
    expect(lacksFirewall(observed, DESIRED)).toBe(lacks);
  });
});

const SETS: readonly [string, boolean][] = [
  ['KUBE-CLUSTER-IP', true],
  ['KUBE-6-CLUSTER-IP', true],
  ['KUBE-6-LOAD-BALANCER-SOURCE-CID', true],
  ['KUBE-NODE-PORT-LOCAL-SCTP-HASH', true],
  // Names from before 1.12.
  ['KUBE-NODE-PORT-SCTP', true],
  ['KUBE-CLUSTER-IPS', false],
  ['KUBE-ROUTER-PODS', false],
  ['MY-KUBE-CLUSTER-IP', false],
  ['f2b-sshd', false],
];

describe('sets', () => {
  it.each(SETS)('%s: %s', (name, expected) => {
    expect(oursIn({}).ipset.isOurs(name)).toBe(expected);
  });
});

const address = (ip: string) => ({
  ip,
  prefix: 32,
  family: ip.includes(':') ? ('ipv6' as const) : ('ipv4' as const),
  scope: 'global',
});
const LINKS: readonly Link[] = [
  { name: 'eth0', addresses: [address('192.168.7.2'), address('fd00:7::2')] },
  { name: 'kube-ipvs0', addresses: [address('10.96.0.1'), address('fd00:10:96::1')] },
];
const HASH = 'family inet hashsize 1024 maxelem 65536';
const { value: MEMBERS } = parseSets(`create KUBE-EXTERNAL-IP hash:ip,port ${HASH}
add KUBE-EXTERNAL-IP 198.51.100.7,tcp:80
create KUBE-LOAD-BALANCER-SOURCE-IP hash:ip,port,ip ${HASH}
add KUBE-LOAD-BALANCER-SOURCE-IP 203.0.113.1,tcp:80,192.0.2.1
create KUBE-NODE-PORT-TCP bitmap:port range 0-65535
add KUBE-NODE-PORT-TCP 30080
create KUBE-6-NODE-PORT-UDP bitmap:port range 0-65535
add KUBE-6-NODE-PORT-UDP 30053
create KUBE-NODE-PORT-SCTP-HASH hash:ip,port ${HASH}
add KUBE-NODE-PORT-SCTP-HASH 192.168.7.2,sctp:30090
`);

const SERVERS: readonly ['tcp' | 'udp' | 'sctp', string, number, boolean][] = [
  // Addresses on our device, any port.
  ['tcp', '10.96.0.1', 80, true],
  ['udp', '10.96.0.1', 5353, true],
  ['tcp', 'fd00:10:96::1', 80, true],
  ['tcp', '10.96.0.2', 80, false],
  // Members of our sets.
  ['tcp', '198.51.100.7', 80, true],
  ['udp', '198.51.100.7', 80, false],
  ['tcp', '198.51.100.7', 81, false],
  ['tcp', '203.0.113.1', 80, false],
  // Node ports, on addresses of the node.
  ['tcp', '192.168.7.2', 30080, true],
  ['tcp', '192.168.7.2', 80, false],
  ['udp', '192.168.7.2', 30080, false],
  ['udp', 'fd00:7::2', 30053, true],
  ['sctp', '192.168.7.2', 30090, true],
  ['tcp', '192.0.2.9', 30080, false],
];

describe('virtual servers', () => {
  it.each(SERVERS)('%s %s port %s: %s', (protocol, ip, port, expected) => {
    expect(oursIn({ addresses: LINKS, ipset: MEMBERS }).ipvs({ protocol, address: ip, port })).toBe(expected);
  });
});
