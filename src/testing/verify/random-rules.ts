/**
 * Random rules: small nat and filter tables in iptables-save format, of matches and targets that the evaluator knows.
 */
import type { Dice } from './dice.js';

const CHAINS = ['A', 'B', 'C'];

/** A dump in the format of iptables-save. */
export function randomRules(dice: Dice): string {
  const table = (name: string, builtIn: readonly string[]) => {
    const chains = [...builtIn, ...CHAINS];
    const rules = chains.flatMap((chain, i) =>
      Array.from(
        { length: 1 + dice.below(4) },
        () => `-A ${chain}${randomRule(name, chain, Math.max(0, i - builtIn.length + 1), dice)}`,
      ),
    );
    const heads = [
      ...builtIn.map((chain) => `:${chain} ${dice.below(12) === 0 ? 'DROP' : 'ACCEPT'} [0:0]`),
      ...CHAINS.map((chain) => `:${chain} - [0:0]`),
    ];
    return [`*${name}`, ...heads, ...rules, 'COMMIT'];
  };
  return [
    ...table('nat', ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING']),
    ...table('filter', ['INPUT', 'FORWARD', 'OUTPUT']),
    '',
  ].join('\n');
}

/** `from`: the index of the first chain that a jump may go to: only later chains, so that there are no loops. */
function randomRule(table: string, chain: string, from: number, dice: Dice): string {
  const conditions = Array.from({ length: dice.below(3) }, () => dice.of(CONDITIONS)(dice)).filter((text, i, all) => {
    const flag = /-[sdip] |-m \S+/.exec(text)?.[0];
    return all.findIndex((each) => /-[sdip] |-m \S+/.exec(each)?.[0] === flag) === i;
  });
  // iptables-save prints the header before the matches, and the protocol before its ports.
  const header = conditions.filter((text) => !text.startsWith(' -m'));
  const matches = conditions.filter((text) => text.startsWith(' -m') && !text.includes('dport'));
  const ports = conditions.find((text) => text.includes('dport'));
  const target = targetOf(table, chain, from, dice);
  const hasPort = /:\d+$/.test(target);
  const protocol = hasPort ? ' -p tcp' : ports === undefined ? '' : ` -p ${dice.of(['tcp', 'udp'])}`;
  const own = ports?.replace('PROTO', protocol.slice(4)) ?? '';
  const order = ['-s', '-d', '-i'];
  header.sort(
    (a, b) => order.findIndex((flag) => a.includes(`${flag} `)) - order.findIndex((flag) => b.includes(`${flag} `)),
  );
  return `${header.join('')}${protocol}${own}${matches.join('')}${target}`;
}

const ADDRESSES = [
  '10.0.0.1/32',
  '10.0.0.2/32',
  '10.0.0.0/30',
  '10.0.0.0/24',
  '10.0.0.0/8',
  '192.168.7.2/32',
  '127.0.0.0/8',
];

const not = (dice: Dice) => (dice.below(4) === 0 ? ' !' : '');

const CONDITIONS: readonly ((dice: Dice) => string)[] = [
  (dice) => `${not(dice)} -d ${dice.of(ADDRESSES)}`,
  (dice) => ` -d ${dice.of(ADDRESSES)}`,
  (dice) => `${not(dice)} -s ${dice.of(ADDRESSES)}`,
  (dice) => `${not(dice)} -i ${dice.of(['eth0', 'cni+', 'cni0'])}`,
  (dice) => ` -m PROTO --dport ${dice.of([80, 81, 443])}`,
  () => ' -m multiport --dports 80,443:445',
  (dice) => ` -m iprange${not(dice)} --src-range 10.0.0.2-10.0.0.6`,
  (dice) => ` -m iprange${not(dice)} --dst-range 10.0.0.1-10.0.0.5`,
  (dice) => ` -m addrtype${not(dice)} --dst-type LOCAL`,
  (dice) => ` -m mark${not(dice)} --mark 0x1/0x1`,
  (dice) => ` -m conntrack${not(dice)} --ctstate ${dice.of(['NEW', 'INVALID', 'RELATED,ESTABLISHED', 'DNAT'])}`,
  (dice) => ` -m statistic --mode random --probability ${dice.of(['0.50000000000', '0.25000000000'])}`,
  (dice) => ` -m recent --rcheck --seconds 60 --reap --name ${dice.of(['L', 'M'])} --mask 255.255.255.255 --rsource`,
  (dice) => ` -m recent --set --name ${dice.of(['L', 'M'])} --mask 255.255.255.255 --rsource`,
];

function targetOf(table: string, chain: string, from: number, dice: Dice): string {
  const others = CHAINS.slice(from);
  if (others.length > 0 && dice.below(3) === 0) return ` -${dice.of(['j', 'j', 'g'])} ${dice.of(others)}`;
  const general = [' -j RETURN', ' -j ACCEPT', ' -j MARK --set-xmark 0x1/0x1', ''];
  if (table === 'filter') return dice.of([...general, ' -j DROP', ' -j REJECT --reject-with icmp-port-unreachable']);
  // A user-defined chain can be reached from every hook: only targets that are valid in all hooks.
  if (chain === 'POSTROUTING' || chain === 'INPUT')
    return dice.of([...general, ...(chain === 'POSTROUTING' ? [' -j MASQUERADE'] : [])]);
  if (chain === 'PREROUTING' || chain === 'OUTPUT')
    return dice.of([...general, ' -j DNAT --to-destination 10.0.0.2:8080', ' -j DNAT --to-destination 10.0.0.5']);
  return dice.of(general);
}
