/**
 * Sets of other programs: who is a member, for random members and packets, as `ipset test` says it on this kernel; and in
 * rules, what a dump with such sets decides.
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseIp } from '../ip.js';
import { withNetns } from '../testing/machine/netns.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { often, seed } from '../testing/run/extent.js';
import { parse } from '../tools/ipset/parse.js';
import { parse as parseRules } from '../tools/iptables/parse.js';
import { newEvaluator } from './evaluate.js';
import { flowOf } from './packet.js';
import { membershipsOf } from './sets.js';
import { answerOf } from './verdict.js';

const describeKernel = await describeInKernel();

const IP = fc.tuple(fc.constantFrom('10.0.0', '10.0.1'), fc.nat(3)).map(([net, host]) => `${net}.${host}`);
const NET = fc.tuple(IP, fc.constantFrom(16, 23, 24, 30, 31, 32)).map(([ip, length]) => `${ip}/${length}`);
const PORT = fc.constantFrom('tcp:80', 'udp:80', 'tcp:81', 'sctp:80');
const PARTS = { ip: IP, net: NET, port: PORT };

/** Types with options that make them no sets of vipc's. */
const TYPES = ['hash:ip', 'hash:net', 'hash:ip,port', 'hash:net,port', 'hash:ip,port,ip', 'hash:ip,port,net'] as const;

const isNet = (part: string) => part === 'net';

describeKernel('a set of another program', () => {
  it.each(TYPES)('%s has the packets that the kernel says it has', async (type) => {
    const parts = type.slice('hash:'.length).split(',') as (keyof typeof PARTS)[];
    const member = fc.tuple(...parts.map((part) => PARTS[part])).map((each) => each.join());
    const nomatch = parts.some(isNet) ? fc.boolean() : fc.constant(false);
    const asked = fc.tuple(...parts.map((part) => PARTS[isNet(part) ? 'ip' : part])).map((each) => each.join());
    const [members] = fc.sample(fc.array(fc.tuple(member, nomatch), { minLength: 12, maxLength: 12 }), {
      numRuns: 1,
      seed,
    });
    const packets = fc.sample(asked, { numRuns: often(12, 60), seed });
    await withNetns(async ({ run }) => {
      const added = (members ?? []).map(([text, isExcepted]) => `add s ${text}${isExcepted ? ' nomatch' : ''}`);
      await run(['ipset', 'restore', '-exist'], [`create s ${type} timeout 0 counters`, ...added, ''].join('\n'));
      const { value } = parse((await run(['ipset', 'save'])).stdout);
      expect(value.others.map(({ name }) => name)).toEqual(['s']);
      const has = membershipsOf([], value.others)('s');
      const kernel = await Promise.all(
        packets.map(async (each) => (await run(['ipset', 'test', 's', each])).code === 0),
      );
      expect(packets.map((each) => [each, has?.(...packetOf(each, parts))])).toEqual(
        packets.map((each, i) => [each, kernel[i]]),
      );
      expect(value.others[0]?.members.length).toBeGreaterThan(3);
    });
  });
});

/** The packet that `10.0.0.1,tcp:80,10.0.1.2` asks for, from first to last as source, destination port and destination. */
function packetOf(text: string, parts: readonly string[]) {
  const values = text.split(',');
  const [protocol = 'tcp', port = '1'] = values[parts.indexOf('port')]?.split(':') ?? [];
  const addresses = values.filter((_, i) => parts[i] !== 'port').map(parseIp);
  const [source, destination = source] = addresses;
  if (!source || !destination) throw new Error(text);
  const flow = flowOf({ family: 'ipv4', source, destination, protocol, destinationPort: Number(port) });
  const sides = parts.map((part, i) => (part === 'port' || i > 0 ? 'dst' : 'src'));
  return [flow, sides] as const;
}

describe('in rules', () => {
  const SETS = `create pools hash:net family inet hashsize 1024 maxelem 1048576
add pools 10.244.0.0/16
add pools 10.244.7.0/24 nomatch
create all list:set size 8
add all pools
create odd hash:ip,mark family inet
create narrow hash:ip family inet netmask 24
`;
  it.each([
    ['-m set --match-set pools src', '10.244.1.9', 'DROP'],
    ['-m set --match-set pools src', '10.244.7.9', 'NONE'],
    ['-m set ! --match-set pools src', '10.244.1.9', 'NONE'],
    ['-m set ! --match-set pools src', '192.0.2.1', 'DROP'],
    ['-m set --match-set all src', '10.244.1.9', 'DROP'],
    ['-m set --match-set odd src,src', '10.244.1.9', 'UNKNOWN'],
    ['-m set ! --match-set odd src,src', '10.244.1.9', 'UNKNOWN'],
    ['-m set --match-set narrow src', '10.244.1.9', 'UNKNOWN'],
    ['-m set --match-set pools src --return-nomatch', '10.244.1.9', 'UNKNOWN'],
    ['-m set ! --match-set gone src', '10.244.1.9', 'UNKNOWN'],
  ])('%s, from %s: %s', (match, from, expected) => {
    const text = `*filter\n:FORWARD ACCEPT [0:0]\n-A FORWARD ${match} -j DROP\nCOMMIT\n`;
    const { sets, others } = parse(SETS).value;
    const node = {
      ruleSets: [parseRules(text, 'ipv4').value],
      sets,
      otherSets: others,
      virtualServers: [],
      addresses: new Set(['192.168.7.2']),
    };
    const [source, destination] = [parseIp(from), parseIp('198.51.100.1')];
    if (!source || !destination) throw new Error('no address');
    const packet = {
      family: 'ipv4',
      source,
      destination,
      protocol: 'tcp',
      destinationPort: 80,
      inInterface: 'eth0',
    } as const;
    expect(answerOf(newEvaluator(node).evaluate(packet)).results.map(({ verdict }) => verdict)).toEqual([expected]);
  });
});
