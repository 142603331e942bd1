/**
 * doctor: one rule for each match and target that the rules of Services need, for iptables-restore --test.
 */
const MATCHES = [
  '-m comment --comment "a b"',
  '-m statistic --mode random --probability 0.5',
  '-m mark --mark 0x4000/0x4000',
  '-m addrtype --dst-type LOCAL',
  '-m recent --name VIPC-TRIAL --rcheck --seconds 1',
  '-m conntrack --ctstate INVALID',
  '-p tcp -m tcp --dport 80',
  '-p udp -m udp --dport 80',
];

const chain = (table: string, rules: readonly string[]) =>
  [`*${table}`, ':VIPC-TRIAL - [0:0]', ...rules.map((rule) => `-A VIPC-TRIAL ${rule}`), 'COMMIT', ''].join('\n');

export const TRIAL = [
  chain('nat', [
    ...MATCHES.map((match) => `${match} -j RETURN`),
    '-j MARK --set-xmark 0x4000/0x4000',
    '-p tcp -j DNAT --to-destination 127.0.0.1:80',
    '-j MASQUERADE',
  ]),
  // Last, because the tool stops at the first that the kernel lacks, and this one is not needed.
  chain('filter', ['-j REJECT', '-j DROP', '-m bpf --bytecode "1,6 0 0 65535" -j RETURN']),
].join('');
