/**
 * firewall: rules of a host firewall, a container engine and a network policy on one node, for each address family. They
 * are written for these tests, in the manner of ufw, firewalld, Docker and kube-router, with matches that vipc itself
 * does not write.
 */
import type { Family } from '../../../ip.js';

const NAMES = {
  ipv4: {
    ping: '-p icmp -m icmp --icmp-type 8',
    icmp: '-p icmp',
    lan: '192.168.7.0/24',
    pods: '10.244.0.0/16',
    here: '10.244.1.0/24',
    pod: '10.244.1.7/32',
    to: '10.244.1.7',
    range: '192.168.7.90-192.168.7.110',
    reject: 'icmp-port-unreachable',
    outside: '198.51.100.9/32',
  },
  ipv6: {
    ping: '-p ipv6-icmp -m icmp6 --icmpv6-type 128',
    icmp: '-p ipv6-icmp',
    lan: 'fd00:7::/64',
    pods: 'fd00:10:244::/56',
    here: 'fd00:10:244:1::/64',
    pod: 'fd00:10:244:1::7/128',
    to: '[fd00:10:244:1::7]',
    range: 'fd00:7::90-fd00:7::110',
    reject: 'icmp6-port-unreachable',
    outside: '2001:db8::9/128',
  },
} as const;

const built = (...chains: readonly string[]) => chains.map((chain) => `:${chain} ACCEPT [0:0]`);

/** The rules as iptables-save prints them. */
export function firewallRules(family: Family): string {
  const { ping, icmp, lan, pods, here, pod, to, range, reject, outside } = NAMES[family];
  return [
    '*raw',
    ...built('PREROUTING', 'OUTPUT'),
    '-A PREROUTING -p udp -m udp --dport 5353 -j CT --notrack',
    '-A OUTPUT -p udp -m udp --dport 5353 -j CT --notrack',
    'COMMIT',
    '*mangle',
    ...built('PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'),
    '-A PREROUTING -i cni0 -m conntrack --ctstate NEW -j MARK --set-xmark 0x10/0x10',
    '-A FORWARD -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu',
    'COMMIT',
    '*nat',
    ...built('PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'),
    ':ENGINE - [0:0]',
    '-A PREROUTING -m addrtype --dst-type LOCAL -j ENGINE',
    `-A POSTROUTING -s ${pods} -d ${outside} -j MASQUERADE`,
    '-A ENGINE -i cni0 -j RETURN',
    `-A ENGINE -p tcp -m tcp --dport 8080 -j DNAT --to-destination ${to}:80`,
    '-A ENGINE -p tcp -m tcp --dport 8443 -j REDIRECT --to-ports 443',
    'COMMIT',
    '*filter',
    ':INPUT DROP [0:0]',
    ':FORWARD DROP [0:0]',
    ':OUTPUT ACCEPT [0:0]',
    ':FW-IN - [0:0]',
    ':FW-PING - [0:0]',
    ':POD-FW - [0:0]',
    '-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    '-A INPUT -m conntrack --ctstate INVALID -j DROP',
    '-A INPUT -i lo -j ACCEPT',
    `-A INPUT ${icmp} -g FW-PING`,
    '-A INPUT -j FW-IN',
    '-A INPUT -m conntrack --ctstate UNTRACKED -j ACCEPT',
    `-A FORWARD -d ${here} -j POD-FW`,
    '-A FORWARD -m conntrack --ctstate RELATED -j ACCEPT',
    '-A FORWARD -m state --state ESTABLISHED -j ACCEPT',
    '-A FORWARD -i cni0 -m mark --mark 0x10/0x10 -j ACCEPT',
    '-A FORWARD -m conntrack --ctstate DNAT -j ACCEPT',
    `-A OUTPUT -d ${outside} -p tcp -m tcp --dport 25 -m conntrack ! --ctstate RELATED,ESTABLISHED -j DROP`,
    `-A FW-PING -s ${lan} ${ping} -j ACCEPT`,
    `-A FW-PING ${icmp} -j RETURN`,
    '-A FW-IN -p tcp -m multiport --dports 22,80,8000:8100 -j ACCEPT',
    `-A FW-IN -p udp -m iprange --src-range ${range} -m udp --dport 53 -j ACCEPT`,
    '-A FW-IN -p tcp -m tcp --dport 113 -j REJECT --reject-with tcp-reset',
    '-A FW-IN -p udp -m udp --dport 30000:32767 -j ACCEPT',
    `-A FW-IN -p udp -m udp --dport 137 -j REJECT --reject-with ${reject}`,
    `-A POD-FW -d ${pod} -p tcp -m tcp --dport 80 -j ACCEPT`,
    `-A POD-FW -d ${pod} -p udp -m udp --dport 53 -j ACCEPT`,
    `-A POD-FW -d ${pod} -m conntrack ! --ctstate RELATED,ESTABLISHED -j DROP`,
    'COMMIT',
    '',
  ].join('\n');
}
