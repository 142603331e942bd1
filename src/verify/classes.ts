/**
 * classes: two rule sets → the packet classes: packets of a class pass the same conditions on both sides.
 *
 *     destination ─ protocol ─ port ─ { source × input interface × source port × conntrack state × recent entry }
 *
 * Only rules that packets to a destination can reach divide the other fields, so the number of classes grows with the rules
 * for a destination and not with all rules.
 */
import type { Family, Ip } from '../ip.js';
import type { PacketClass, Remembered, State } from '../packet/packet.js';
import { addAddresses, LAST_PORT, lastAddress, type Ranges, representatives, toIp, toNumber } from './intervals.js';
import type { Met, Side } from './side.js';
import { noTests, type Tests } from './tests.js';

/** Packets to one destination and port. */
export interface Place {
  readonly destination: Ip;
  readonly protocol: string;
  readonly port: number | undefined;
}

/** The preferred examples of a class: documentation addresses (RFC 5737, RFC 3849). */
const NOBODY: Readonly<Record<Family, readonly bigint[]>> = {
  // 198.51.100.100, 192.0.2.100; 127.0.0.2 for the loopback addresses.
  ipv4: [0xc6336464n, 0xc0000264n, 0x7f000002n],
  ipv6: [0x20010db8000000000000000000000064n],
};

/** Loopback addresses: the routing table `local` has them on every node (ip-route(8)). */
const LOOPBACK: Readonly<Record<Family, readonly string[]>> = {
  ipv4: ['127.0.0.0/8', '127.0.0.1/32'],
  ipv6: ['::1/128'],
};

/** One address of every class of destinations. */
export function* destinations([a, b]: readonly [Side, Side], families: readonly Family[]): Generator<Ip> {
  for (const family of families) {
    const ranges: Ranges = new Map([...a.allTests(family).destinations, ...b.allTests(family).destinations]);
    addLocal(ranges, family, [a, b]);
    for (const value of representatives(ranges, lastAddress(family), NOBODY[family])) yield toIp(value, family);
  }
}

function addLocal(ranges: Ranges, family: Family, sides: readonly Side[]): void {
  for (const text of LOOPBACK[family]) addAddresses(ranges, text, family);
  for (const { node } of sides) for (const text of node.addresses) addAddresses(ranges, text, family);
}

/** One protocol and port of every class that the rules for a destination distinguish. */
export function* places(destination: Ip, tests: Tests): Generator<Place> {
  const protocols = new Set(tests.protocols);
  protocols.delete('all');
  for (const protocol of ['tcp', 'udp', 'sctp']) {
    // If no rule names udp or sctp, tcp or one of OTHERS is the example for it.
    if (!protocols.has(protocol) && protocol !== 'tcp') continue;
    for (const port of representatives(tests.ports, LAST_PORT, [9n]))
      yield { destination, protocol, port: Number(port) };
  }
  for (const protocol of protocols) {
    if (!WITH_PORTS.has(protocol)) yield { destination, protocol, port: undefined };
  }
  const other = OTHERS.find((each) => !protocols.has(each));
  if (other !== undefined) yield { destination, protocol: other, port: undefined };
}

const WITH_PORTS: ReadonlySet<string> = new Set(['tcp', 'udp', 'sctp']);

const OTHERS = ['icmp', 'ipv6-icmp', 'gre', 'esp', 'ah', 'ospf', '253', '254'];

/** One packet of every packet class to a place. */
export function* packetsTo(place: Place, tests: Tests, sides: readonly Side[]): Generator<PacketClass> {
  const { family } = place.destination;
  const sources: Ranges = new Map(tests.sources);
  addLocal(sources, family, sides);
  const preferred = [...NOBODY[family], ...sides.flatMap(({ node }) => firstOf(node.addresses, family))];
  const sourcePorts = place.port === undefined ? [undefined] : portsOf(tests.sourcePorts);
  const interfaces = interfacesOf(tests);
  const states = statesOf(tests);
  const remembered = ages(tests.lists);
  for (const state of states)
    for (const client of state === 'NEW' ? remembered : [undefined])
      for (const value of representatives(sources, lastAddress(family), preferred)) {
        const source = toIp(value, family);
        for (const inInterface of origins(source, place.destination, interfaces, sides))
          for (const sourcePort of sourcePorts)
            yield {
              family,
              source,
              destination: place.destination,
              protocol: place.protocol,
              ...(place.port !== undefined && { destinationPort: place.port }),
              ...(sourcePort !== undefined && { sourcePort }),
              ...(inInterface !== undefined && { inInterface }),
              ...(state !== 'NEW' && { state }),
              ...(client && { remembered: client }),
            };
      }
}

function firstOf(addresses: ReadonlySet<string>, family: Family): readonly bigint[] {
  const first = [...addresses].find(
    (text) => text.includes(':') === (family === 'ipv6') && !/^(?:127\.|::1$)/.test(text),
  );
  const ranges: Ranges = new Map();
  if (first !== undefined) addAddresses(ranges, first, family);
  return [...ranges.values()].map(({ low }) => low);
}

function portsOf(ranges: Ranges): readonly number[] {
  return representatives(ranges, LAST_PORT, [40000n]).map(Number);
}

/**
 * The input interfaces for a source; undefined: this node. The kernel drops local sources from outside (martians), and
 * what comes from outside to ::1 (ip6_rcv_core), before any table.
 */
function origins(
  source: Ip,
  destination: Ip,
  interfaces: readonly string[],
  sides: readonly Side[],
): readonly (string | undefined)[] {
  const local = sides.map((side) => side.isLocal(source));
  if (local.every(Boolean)) return [undefined];
  return local.some(Boolean) || destination.text === '::1' ? [] : interfaces;
}

const LETTERS = [...'0123456789abcdefghijklmnopqrstuvwxyz'];

/** One interface name of every class; without lo, whose packets the node itself sends. */
function interfacesOf({ interfaces }: Tests): readonly string[] {
  const tested = [...interfaces].filter((name) => name !== '+');
  // A longer test excludes one character after a prefix; a name with another character matches the prefix alone.
  const behind = (beginning: string) => [beginning, ...LETTERS.map((letter) => beginning + letter)];
  const names = [
    'eth0',
    ...tested.flatMap((name) => (name.endsWith('+') ? behind(name.slice(0, -1)) : [name])),
    ...LETTERS,
  ];
  const bySignature = new Map<string, string>();
  for (const name of names) {
    if (name === 'lo' || name === '') continue;
    const matches = (test: string) => (test.endsWith('+') ? name.startsWith(test.slice(0, -1)) : test === name);
    const signature = tested.map((test) => (matches(test) ? '1' : '0')).join('');
    if (!bySignature.has(signature)) bySignature.set(signature, name);
  }
  return [...bySignature.values()];
}

/** NEW, the only state that nat chains see; the states that rules name; one other state as an example of the rest. */
function statesOf({ states }: Tests): ReadonlySet<State> {
  const other = (['ESTABLISHED', 'RELATED', 'INVALID', 'UNTRACKED'] as const).find((state) => !states.has(state));
  return new Set<State>(['NEW', ...states, ...(other ? [other] : [])]);
}

function ages(lists: Tests['lists']): readonly (Remembered | undefined)[] {
  return [undefined, ...[...lists].flatMap(([list, seconds]) => [...seconds].map((each) => ({ list, seconds: each })))];
}

/** The rules that packets to a destination or place can reach on each side, and the conditions of these rules. */
export function meetBoth(
  [a, b]: readonly [Side, Side],
  { destination, protocol, port }: { readonly destination: Ip } & Partial<Place>,
): { readonly tests: Tests; readonly met: readonly [Met, Met] } {
  const tests = noTests();
  const known = { destination, protocol, port };
  return { tests, met: [a.meet(known, tests), b.meet(known, tests)] };
}

/** Whether packets to a destination or place reach the same rules on both sides. */
export function isMetAlike(
  [a, b]: readonly [Side, Side],
  { destination, protocol, port }: { readonly destination: Ip } & Partial<Place>,
): boolean {
  const known = { destination, protocol, port };
  return a.meet(known).content === b.meet(known).content;
}

/** The address as a number, to sort examples. */
export function numberOf({ bytes }: Ip): bigint {
  return toNumber(bytes);
}
