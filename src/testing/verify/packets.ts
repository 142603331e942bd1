/**
 * Random packets with values from dumps and values next to these, and their fates as text: an oracle for src/verify/ that
 * evaluates single packets and does not use packet classes.
 */

import type { DumpText } from '../../dumps/dumps.js';
import { parseIp } from '../../ip.js';
import { stepsOf } from '../../packet/branch.js';
import type { Evaluator } from '../../packet/evaluate.js';
import { toNumber } from '../../packet/fraction.js';
import type { PacketClass, State } from '../../packet/packet.js';
import type { Dice } from './dice.js';

export interface Constants {
  readonly addresses: readonly string[];
  readonly ports: readonly number[];
  readonly interfaces: readonly string[];
  readonly lists: readonly (readonly [string, number])[];
}

export function constantsIn(texts: readonly DumpText[], own: readonly string[]): Constants {
  const text = texts.map((each) => each.text).join('\n');
  const all = (pattern: RegExp) => [...new Set([...text.matchAll(pattern)].map(([found]) => found))];
  const addresses = [...all(/\b(?:\d+\.){3}\d+\b/g), ...all(/\b[0-9a-f]*:[0-9a-f:]*:[0-9a-f:]*/g)].filter(
    (each) => parseIp(each) !== undefined,
  );
  const near = addresses
    .filter((each) => each.includes('.'))
    .map((each) => each.replace(/\d+$/, (n) => String((Number(n) + 1) % 256)));
  const ports = all(/(?<=port |ports |[0-9\]]:|(?:tcp|udp|sctp):|,)\d+\b/g)
    .map(Number)
    .filter((port) => port < 65535);
  const lists = [...text.matchAll(/--seconds (\d+) --reap --name (\S+)/g)].map(
    ([, seconds, name = '']) => [name, Number(seconds)] as const,
  );
  return {
    addresses: [
      ...new Set([...addresses, ...near, ...own, '198.51.100.7', '2001:db8::7', '127.0.0.1', '127.0.0.9', '::1']),
    ],
    ports: [...new Set([...ports, ...ports.map((port) => port + 1), 9])],
    interfaces: ['eth0', ...all(/(?<= -i )[a-z0-9]+/g).filter((name) => name !== 'lo')],
    lists: [...new Map(lists.map((each) => [each.join(), each])).values()],
  };
}

/** A random packet that can exist on a node: it has a local source if, and only if, the node itself sends it. */
export function randomPacket(constants: Constants, isLocal: Evaluator['isLocal'], dice: Dice): PacketClass {
  for (;;) {
    const [source, destination] = [parseIp(dice.of(constants.addresses)), parseIp(dice.of(constants.addresses))];
    if (!source || source.family !== destination?.family) continue;
    const protocol = dice.of(['tcp', 'tcp', 'tcp', 'udp', 'udp', 'sctp', 'icmp']);
    const state = dice.of<State>(['NEW', 'NEW', 'NEW', 'NEW', 'INVALID', 'ESTABLISHED', 'RELATED']);
    const [list, seconds] = constants.lists.length > 0 && dice.below(4) === 0 ? dice.of(constants.lists) : [];
    return {
      family: source.family,
      source,
      destination,
      protocol,
      ...(protocol !== 'icmp' && { sourcePort: 40000, destinationPort: dice.of(constants.ports) }),
      ...(!isLocal(source) && { inInterface: dice.of(constants.interfaces) }),
      ...(state !== 'NEW' && { state }),
      ...(state === 'NEW' &&
        list !== undefined &&
        seconds !== undefined && { remembered: { list, seconds: seconds + dice.below(2) } }),
    };
  }
}

/** The fates of a packet with their shares, as text; undefined if they depend on unknown conditions. */
export function fateIn(
  evaluator: Evaluator,
  packet: PacketClass,
  servers: ReadonlyMap<string, string>,
): string | undefined {
  const outcomes = evaluator.evaluate(packet);
  if (outcomes.some(({ depends }) => depends.length > 0)) return undefined;
  const shares = new Map<string, number>();
  for (const outcome of outcomes) {
    const { end, flow, share, trail } = outcome;
    const isOver = end === 'drop' || end === 'reject';
    const { destination, destinationPort, sourceNat, mark, affinity, original, virtualServer } = flow;
    const to = original && `${destination.text} ${destinationPort}`;
    const how = servers.get(virtualServer ?? '');
    const snat = stepsOf(outcome)
      .findLast(({ text }) => text.includes(' -j SNAT '))
      ?.text.replace(/.* -j/, '');
    const answer = / --reject-with \S+/.exec(trail?.site.text ?? '')?.[0] ?? ' --reject-with icmp-port-unreachable';
    const key = isOver
      ? `${end}${end === 'reject' ? answer.replace('icmp6', 'icmp') : ''}`
      : [end, to, sourceNat, sourceNat === 'snat' && snat, mark, how === undefined ? affinity : how].join(' ');
    shares.set(key, (shares.get(key) ?? 0) + toNumber(share));
  }
  return [...shares]
    .map(([key, share]) => `${key} ${share.toFixed(6)}`)
    .sort()
    .join('\n');
}
