/**
 * example: the example of a reported difference → the packets that show it in the kernel's answers, or the reason why none
 * can.
 */

import { contains, type Ip, parseCidr } from '../../ip.js';
import { stepsOf } from '../../packet/branch.js';
import type { Evaluator } from '../../packet/evaluate.js';
import { toNumber } from '../../packet/fraction.js';
import type { PacketClass } from '../../packet/packet.js';
import { isLoopback } from '../../verify/by-design-whole.js';
import type { Compared } from '../../verify/compare.js';
import type { Fate } from '../../verify/fate.js';
import { type Answers, type Send, whyUnsent } from '../network/sent/answers.js';
import { DEVICES } from '../network/traced/classes.js';
import { enough } from '../network/traced/foretold.js';

export interface Example {
  readonly text: string;
  readonly send?: Send;
  /** Why it is not sent. */
  readonly reason?: string;
  /** Whether only the shares of answers differ. */
  readonly isOfShares: boolean;
}

/** No more packets than these are sent to tell shares apart. */
const MOST = 40_000;

export function exampleOf(compared: Compared, evaluators: readonly [Evaluator, Evaluator]): Example {
  const { kind, packet: given, fates } = compared;
  const packet = fresh(given);
  const text = `${kind} ${JSON.stringify(packet)}`;
  const none = (reason: string) => ({ text, reason, isOfShares: false });
  const unsent = kind === 'undecided' ? 'undecided' : whyUnsent(packet);
  if (unsent !== undefined) return none(unsent);
  if (given.remembered && isAged(given, evaluators)) return none('an old entry of an affinity list');
  const byIpvs = fates.flat().some(({ scheduler }) => scheduler !== undefined);
  if (byIpvs && isLoopback(packet.source)) return none('what IPVS sends on from a loopback address does not leave');
  const [was, is] = fates.map((each) => sharesIn(each, packet)) as [Shares, Shares];
  const isKept = fates.flat().some(({ persistence }) => persistence !== undefined);
  if (isKept && [...was.keys()].some((key) => is.has(key))) return none('IPVS keeps the client on one endpoint');
  const count = Math.max(...evaluators.map((evaluator) => countFor(evaluator, packet)));
  if ([...was.keys(), ...is.keys()].some((key) => !was.has(key) || !is.has(key)))
    return { text, send: { packet, count }, isOfShares: false };
  const [share, apart] = furthest(was, is);
  if (apart < 2 ** -24) return none(`${kind} does not show in a packet`);
  // The difference of two counts of `count` packets is nine times its standard deviation.
  const needed = Math.ceil((2 * share * (1 - share) * 81) / apart ** 2);
  if (needed > MOST) return none('shares too close to be told apart');
  return { text, send: { packet, count: needed }, isOfShares: true };
}

/** How many packets show every answer, whatever unknown conditions hold. */
export function countFor(evaluator: Evaluator, packet: PacketClass): number {
  return enough(evaluator.ways(packet).map((way) => ({ ...way, depends: [] })));
}

/** Whether the kernel's answers before and after show the difference. */
export function isSeen({ isOfShares }: Example, before: Answers, after: Answers): boolean {
  const keys = [...new Set([...before.keys(), ...after.keys()])];
  if (!isOfShares) return keys.some((key) => !before.has(key) || !after.has(key));
  const total = [...before.values()].reduce((sum, count) => sum + count, 0);
  return keys.some((key) => {
    const [was, is] = [(before.get(key) ?? 0) / total, (after.get(key) ?? 0) / total];
    const share = (was + is) / 2;
    return Math.abs(was - is) > 5 * Math.sqrt((2 * share * (1 - share)) / total);
  });
}

/** The packet with a new entry in the affinity list, since entries cannot be made old. */
function fresh(packet: PacketClass): PacketClass {
  return packet.remembered ? { ...packet, remembered: { ...packet.remembered, seconds: 0 } } : packet;
}

/** Whether the ways of the packet differ from those of the same packet with a new entry. */
function isAged(packet: PacketClass, evaluators: readonly Evaluator[]): boolean {
  const waysOf = (each: PacketClass) =>
    evaluators.map((evaluator) => evaluator.ways(each).map((way) => stepsOf(way).map(({ text }) => text)));
  return JSON.stringify(waysOf(packet)) !== JSON.stringify(waysOf(fresh(packet)));
}

type Shares = ReadonlyMap<string, number>;

/**
 * What an answer of the kernel shows, with its share: marks only of packets that leave, and only two bits of them. What a
 * node sends from the address of the device that it leaves by is masqueraded as that address, and so is what it sends by
 * IPv6 to the address that it sends from.
 */
function sharesIn(fates: readonly Fate[], packet: PacketClass): Shares {
  const { source: from, destination } = packet;
  const shares = new Map<string, number>();
  for (const { end, to, source, answer, isLocal, marks, affinity, share, outcome } of fates) {
    const mark = isLocal ? '' : Number.parseInt(marks, 16) & 0xc000;
    const isToItself = isLocal && from.family === 'ipv6' && from.text === destination.text;
    const isItsOwn = isToItself || isOfDevice(packet, outcome.flow.destination);
    const key = [end, to, !isItsOwn && source, answer, isLocal, mark, affinity].join(' ');
    shares.set(key, (shares.get(key) ?? 0) + toNumber(share));
  }
  return shares;
}

/** Whether this node sends a packet from the address of the device by which it gets to `to`. */
function isOfDevice({ source, inInterface }: PacketClass, to: Ip): boolean {
  if (inInterface !== undefined) return false;
  const isIn = (addresses: readonly string[]) =>
    addresses.some((each) => {
      const network = parseCidr(each);
      return network !== undefined && contains(network, to);
    });
  const addresses = Object.values(DEVICES).find(isIn) ?? DEVICES.eth0;
  return addresses.some((each) => each.split('/')[0] === source.text);
}

/** The share that differs most, and by how much. */
function furthest(was: Shares, is: Shares): readonly [number, number] {
  return [...was].reduce<readonly [number, number]>(
    (most, [key, share]) => {
      const apart = Math.abs(share - (is.get(key) ?? 0));
      return apart > most[1] ? [share, apart] : most;
    },
    [0, 0],
  );
}
