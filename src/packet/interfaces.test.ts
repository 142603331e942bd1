/**
 * Packets whose input interface is not known, except for names that it does not have.
 */
import { describe, expect, it } from '@jest/globals';
import { parseIp } from '../ip.js';
import { parse } from '../tools/iptables/parse.js';
import { newEvaluator } from './evaluate.js';
import type { UnknownInterface } from './packet.js';
import { answerOf } from './verdict.js';

function ip(text: string) {
  const found = parseIp(text);
  if (!found) throw new Error(text);
  return found;
}

/** The answer for a packet that these rules of filter FORWARD forward. */
function verdicts(rules: readonly string[], inInterface: string | UnknownInterface) {
  const lines = rules.map((each) => `-A FORWARD ${each}\n`).join('');
  const { value } = parse(`*filter\n:FORWARD ACCEPT [0:0]\n${lines}COMMIT\n`, 'ipv4');
  const evaluator = newEvaluator({
    ruleSets: [value],
    sets: [],
    otherSets: [],
    virtualServers: [],
    addresses: new Set(),
  });
  const { results, depends } = answerOf(
    evaluator.evaluate({
      family: 'ipv4',
      source: ip('192.0.2.1'),
      destination: ip('10.0.0.1'),
      protocol: 'tcp',
      destinationPort: 80,
      inInterface,
    }),
  );
  return [results.map(({ verdict }) => verdict).join(' '), ...depends];
}

const ANY: UnknownInterface = { not: [] };

describe('an interface that is not known', () => {
  it.each<[string, readonly string[], string | UnknownInterface, readonly string[]]>([
    ['a name decides', ['-i eth0 -j DROP'], 'eth0', ['DROP']],
    ['another name', ['-i eth0 -j DROP'], 'eth1', ['NONE']],
    ['no name', ['-i eth0 -j DROP'], ANY, ['UNKNOWN', '-i eth0']],
    ['no name, negated', ['! -i eth0 -j DROP'], ANY, ['UNKNOWN', '! -i eth0']],
    ['it is not lo', ['-i lo -j DROP'], ANY, ['NONE']],
    ['nor what it is said not to be', ['-i cni0 -j DROP', '-i veth+ -j DROP'], { not: ['cni0', 'veth+'] }, ['NONE']],
    ['that other rules decide', ['-i eth0 -j DROP', '-j DROP'], ANY, ['DROP']],
    [
      'the same twice',
      ['-i eth0 -j MARK --set-xmark 0x1/0x1', '! -i eth0 -m mark --mark 0x1/0x1 -j DROP'],
      ANY,
      ['NONE'],
    ],
    [
      'one has not two names',
      ['-i a -j MARK --set-xmark 0x1/0x1', '-i b -m mark --mark 0x1/0x1 -j DROP'],
      ANY,
      ['NONE'],
    ],
    [
      'but a prefix has',
      ['-i a+ -j MARK --set-xmark 0x1/0x1', '-i ab -m mark --mark 0x1/0x1 -j DROP'],
      ANY,
      ['UNKNOWN', '-i a+', '-i ab'],
    ],
    [
      'in and out are two',
      ['-i a -j MARK --set-xmark 0x1/0x1', '-o b -m mark --mark 0x1/0x1 -j DROP'],
      ANY,
      ['UNKNOWN', '-i a', '-o b'],
    ],
  ])('%s', (_, rules, inInterface, expected) => {
    expect(verdicts(rules, inInterface)).toEqual(expected);
  });
});
