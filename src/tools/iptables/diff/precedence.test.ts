import { expect, it } from '@jest/globals';
import { parseRule } from '../parse.js';
import { mayPrecede } from './precedence.js';

it.each([
  // rule                                                             filter nat
  [' -s 192.0.2.1/32', true, true],
  [' -j ACCEPT', false, false],
  [' -j DROP', false, false],
  [' -j RETURN', false, false],
  [' -m comment --comment all -j DROP', false, false],
  [' -i docker0 -j ACCEPT', true, false],
  [' -s 192.0.2.1/32 -j DROP', true, false],
  [' -p tcp -j RETURN', true, false],
  [' -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT', true, false],
  [' -f -j DROP', true, false],
  [' -j REJECT --reject-with icmp-port-unreachable', false, false],
  [' -j REJECT --reject-with icmp-host-prohibited', false, false],
  [' -p tcp -j REJECT --reject-with tcp-reset', true, false],
  [' -j NFQUEUE --queue-num 3', false, false],
  [' -j QUEUE', false, false],
  [' -j cali-PREROUTING', true, true],
  [' -m comment --comment "cali:6gwbT8clXdHdC1b1" -j cali-PREROUTING', true, true],
  [' -m addrtype --dst-type LOCAL -j DOCKER', true, false],
  [' ! -d 127.0.0.0/8 -j DOCKER', true, false],
  [' -g ufw-before-input', false, false],
  [' -p tcp -g ufw-before-input', true, false],
  [' -j MARK --set-xmark 0x4000/0x4000', true, true],
  [' -p tcp -m tcp --dport 80 -j MARK --set-xmark 0x1/0xffffffff', true, true],
  [' -j LOG --log-prefix "-j DROP"', true, true],
  [' -j NFLOG --nflog-group 2', true, true],
  [' -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu', true, true],
  [' -j CONNMARK --restore-mark --nfmask 0xff --ctmask 0xff', true, true],
  [' -p tcp -m tcp --dport 80 -j DNAT --to-destination 172.17.0.2:80', true, false],
  [' -p tcp -m tcp --dport 8080:8090 -j DNAT --to-destination 172.17.0.2:80-90', true, false],
  [' -p tcp -j REDIRECT --to-ports 3128', true, false],
  [' -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE', true, false],
  [' -j MASQUERADE --random-fully', false, false],
  [' -o eth1 -j SNAT --to-source 198.51.100.1', true, false],
  [' -d 192.0.2.0/24 -j NETMAP --to 198.51.100.0/24', true, false],
])('%s', (line, inFilter, inNat) => {
  const rule = parseRule(line, 'ipv4');
  expect([mayPrecede('filter', rule), mayPrecede('nat', rule)]).toEqual([inFilter, inNat]);
});
