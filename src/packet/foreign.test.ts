/**
 * Matches and targets that other programs write, and the compiler does not. Each row is what the kernel did with a packet
 * from 192.0.2.7 to 10.0.0.1:80 (or [fd00::1]:80), by its counters and conntrack entries.
 */
import { describe, expect, it } from '@jest/globals';
import { parseIp } from '../ip.js';
import { parse as parseSets } from '../tools/ipset/parse.js';
import { parse } from '../tools/iptables/parse.js';
import { newEvaluator } from './evaluate.js';
import { answerOf } from './verdict.js';

const TO = '-j DNAT --to-destination 10.9.9.1:8080';
const SETS = `create pairs hash:ip,port family inet
add pairs 10.0.0.1,tcp:80
`;

/** Each end with its share; `depends` on what is not known. */
function ends(
  rules: readonly string[],
  [from, to]: readonly [string, string],
  input: readonly string[] = [],
): readonly string[] {
  const [source, destination] = [parseIp(from), parseIp(to)];
  if (!source || !destination) throw new Error('no address');
  const text = ['*nat', ':PREROUTING ACCEPT [0:0]', ...rules.map((each) => `-A PREROUTING ${each}`), 'COMMIT'];
  text.push('*filter', ':INPUT ACCEPT [0:0]', ...input.map((each) => `-A INPUT ${each}`), 'COMMIT', '');
  const { family } = destination;
  const { value, diagnostics } = parse(text.join('\n'), family);
  expect(diagnostics).toEqual([]);
  const { sets } = parseSets(SETS).value;
  const node = { ruleSets: [value], sets, otherSets: [], virtualServers: [], addresses: new Set(['192.168.0.1']) };
  const packet = { family, source, destination, protocol: 'tcp', sourcePort: 40000, destinationPort: 80 };
  const { results } = answerOf(newEvaluator(node).evaluate({ ...packet, inInterface: 'eth0' }));
  return results.map(({ verdict, address, port, share }) =>
    verdict === 'DNAT' ? `${address} ${port} ${share.n}/${share.d}` : `${verdict} ${share.n}/${share.d}`,
  );
}

const HALF = '-m statistic --mode random --probability 0.50000000000';
const SET = '-m recent --set --name SEEN --mask 255.255.255.255 --rsource';
const seen = (options: string) => `-m recent ${options} --name SEEN --mask 255.255.255.255 --rsource ${TO}`;
const [NONE, UNKNOWN, SENT] = [['NONE 1/1'], ['UNKNOWN 1/1'], ['10.9.9.1 8080 1/1']];

describe('IPv4', () => {
  it.each<readonly [string, readonly string[], readonly string[]]>([
    ['REDIRECT to a range of ports', ['-p tcp -j REDIRECT --to-ports 8000-8100'], UNKNOWN],
    ['REDIRECT to a port, at random', ['-p tcp -j REDIRECT --to-ports 8000 --random'], ['127.0.0.1 8000 1/1']],
    ['REDIRECT to the same port', ['-p tcp -j REDIRECT'], ['127.0.0.1 80 1/1']],
    ['DNAT to a port', ['-p tcp -j DNAT --to-destination :8080'], ['10.0.0.1 8080 1/1']],
    ['DNAT to an address', ['-j DNAT --to-destination 10.9.9.1 --persistent'], ['10.9.9.1 80 1/1']],
    ['DNAT to a range of addresses', ['-j DNAT --to-destination 10.9.9.1-10.9.9.5'], UNKNOWN],
    ['DNAT to a range of ports', ['-p tcp -j DNAT --to-destination 10.9.9.1:80-90'], UNKNOWN],
    ['two probabilities', [`${HALF} ${HALF} ${TO}`], ['10.9.9.1 8080 1/4', 'NONE 3/4']],
    ['a client that no list has', [seen('--rcheck --seconds 60')], NONE],
    ['is not in it', [seen('! --rcheck --seconds 60')], SENT],
    ['cannot be removed', [seen('--remove')], NONE],
    ['is there after --set', [SET, seen('--rcheck --seconds 60')], UNKNOWN],
    ['once', [SET, seen('--update --seconds 60 --hitcount 2')], NONE],
    ['in this list only', ['-m recent --set --name OTHER --rsource', seen('--rcheck')], NONE],
    ['in a list before another', [SET, '-m recent --set --name OTHER --rsource', seen('--rcheck')], UNKNOWN],
    ['in two by one rule', [`-m recent --set --name OTHER --rsource ${SET}`, seen('--rcheck')], UNKNOWN],
    ['a set by both of its parts', [`-p tcp -m set --match-set pairs dst,dst ${TO}`], SENT],
    ['by one of them: never', [`-p tcp -m set --match-set pairs dst ${TO}`], NONE],
  ])('%s', (_, rules, expected) => expect(ends(rules, ['192.0.2.7', '10.0.0.1'])).toEqual(expected));
});

describe('IPv6', () => {
  it.each([
    ['an address', 'fd00::a:1', ['fd00::a:1 80 1/1']],
    ['a short address', 'fd00::5', ['fd00::5 80 1/1']],
    ['an address and a port', '[fd00::a:1]:8080', ['fd00::a:1 8080 1/1']],
    ['a range of ports', '[fd00::5]:80-90', UNKNOWN],
  ])('DNAT to %s', (_, to, expected) =>
    expect(ends([`-p tcp -j DNAT --to-destination ${to}`], ['2001:db8::7', 'fd00::1'])).toEqual(expected),
  );
});

describe('a redirected packet has the first address of the interface that it came in by', () => {
  const LOCAL = '-p tcp -j REDIRECT --to-ports 8000';
  const GETS_IN = ['127.0.0.1 8000 1/1'];
  const many = Array.from({ length: 20 }, (_, i) => `-d 10.7.0.${i}/32 -j RETURN`);

  it.each<readonly [string, readonly string[], readonly string[]]>([
    ['no loopback address', ['-d 127.0.0.0/8 ! -i lo -j DROP', '-d 127.0.0.1/32 -j DROP'], GETS_IN],
    ['an address of the node', ['-m addrtype ! --dst-type LOCAL -j DROP'], GETS_IN],
    ['which is not known', ['-d 192.168.0.1/32 -j DROP'], UNKNOWN],
    ['nor of a network', ['! -d 192.168.0.0/16 -j DROP'], UNKNOWN],
    ['nor of a range', ['-m iprange --dst-range 192.168.0.1-192.168.0.9 -j DROP'], UNKNOWN],
    ['nor in a set', ['-p tcp -m set --match-set pairs dst,dst -j DROP'], UNKNOWN],
    ['nor behind many other addresses', [...many, '-d 192.168.0.1/32 -j DROP'], UNKNOWN],
    ['but it has a port', ['-d 192.168.0.1/32 -p tcp -m tcp --dport 80 -j DROP'], GETS_IN],
  ])('%s', (_, input, expected) => expect(ends([LOCAL], ['192.0.2.7', '10.0.0.1'], input)).toEqual(expected));
});
