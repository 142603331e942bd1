/**
 * tests: a rule → the values that it tests in a packet. Packets that pass the same tests form a packet class.
 */
import type { Family } from '../ip.js';
import type { State } from '../packet/packet.js';
import { portRange } from '../packet/ranges.js';
import type { IpSet } from '../tools/ipset/types.js';
import type { Match, Rule } from '../tools/iptables/types.js';
import { addAddresses, addRange, type Ranges } from './intervals.js';

/** The values that rules test in packets. */
export interface Tests {
  readonly protocols: Set<string>;
  readonly destinations: Ranges;
  readonly ports: Ranges;
  readonly sources: Ranges;
  readonly sourcePorts: Ranges;
  /** Names, and prefixes that end with `+`. */
  readonly interfaces: Set<string>;
  readonly states: Set<State>;
  /** For each recent list the ages of an entry, in seconds: the last one that a rule accepts, and the next. */
  readonly lists: Map<string, Set<number>>;
}

export function noTests(): Tests {
  return {
    protocols: new Set(),
    destinations: new Map(),
    ports: new Map(),
    sources: new Map(),
    sourcePorts: new Map(),
    interfaces: new Set(),
    states: new Set(),
    lists: new Map(),
  };
}

const STATES: ReadonlySet<string> = new Set<State>(['NEW', 'ESTABLISHED', 'RELATED', 'INVALID', 'UNTRACKED']);

/** Adds all of `more` to `tests`. */
export function mergeTests(tests: Tests, more: Tests): void {
  for (const name of more.protocols) tests.protocols.add(name);
  for (const name of more.interfaces) tests.interfaces.add(name);
  for (const state of more.states) tests.states.add(state);
  for (const side of ['destinations', 'ports', 'sources', 'sourcePorts'] as const)
    for (const [key, range] of more[side]) tests[side].set(key, range);
  for (const [list, ages] of more.lists) {
    const before = tests.lists.get(list);
    if (before) for (const age of ages) before.add(age);
    else tests.lists.set(list, new Set(ages));
  }
}

/** Adds the values that a rule tests; addSet() adds those of its sets. */
export function addTests({ header, matches }: Pick<Rule, 'header' | 'matches'>, family: Family, tests: Tests): void {
  const { source, destination, inInterface, protocol } = header;
  if (source) addAddresses(tests.sources, source.value, family);
  if (destination) addAddresses(tests.destinations, destination.value, family);
  if (inInterface) tests.interfaces.add(inInterface.value);
  if (protocol !== undefined) tests.protocols.add(typeof protocol === 'string' ? protocol : protocol.value);
  for (const match of matches) addMatch(match, family, tests);
}

function addMatch(match: Match, family: Family, tests: Tests): void {
  switch (match.kind) {
    case 'l4':
      tests.protocols.add(match.protocol);
      if (match.destinationPort !== undefined)
        addRange(tests.ports, BigInt(match.destinationPort), BigInt(match.destinationPort));
      return;
    case 'ports':
      tests.protocols.add(match.protocol);
      addRange(tests.ports, BigInt(match.ports[0]), BigInt(match.ports[1]));
      return;
    case 'conntrack':
      for (const state of match.states.value) if (isState(state)) tests.states.add(state);
      return;
    case 'recent':
      if (match.check.kind === 'rcheck') addAge(tests, match.list, match.check.seconds);
      return;
    case 'unknown':
      addForeign(match.text, family, tests);
      return;
    default:
      return;
  }
}

function isState(text: string): text is State {
  return STATES.has(text);
}

function addAge({ lists }: Tests, list: string, seconds: number): void {
  const ages = lists.get(list) ?? new Set();
  lists.set(list, ages);
  ages.add(seconds).add(seconds + 1);
}

/** Adds the values in options of foreign matches that src/packet/foreign.ts knows. */
function addForeign(text: string, family: Family, tests: Tests): void {
  const [, module = ''] = /^ -m (\S+)/.exec(text) ?? [];
  if (['tcp', 'udp', 'sctp'].includes(module)) tests.protocols.add(module);
  if (module === 'icmp') tests.protocols.add('icmp');
  if (module === 'icmp6') tests.protocols.add('ipv6-icmp');
  for (const [, option = '', value = ''] of text.matchAll(/ --([a-z-]+) (\S+)/g)) {
    if (/^(?:dports?|destination-ports?|ports|ctorigdstport)$/.test(option)) addPorts(tests.ports, value);
    if (/^(?:sports?|source-ports?|ports)$/.test(option)) addPorts(tests.sourcePorts, value);
    if (option === 'src-range') addAddresses(tests.sources, value, family);
    if (option === 'dst-range' || option === 'ctorigdst') addAddresses(tests.destinations, value, family);
    if (option === 'ctstate' || option === 'state')
      for (const state of value.split(',')) if (isState(state)) tests.states.add(state);
    if (option === 'ctproto') for (const each of ['tcp', 'udp', 'sctp', value]) tests.protocols.add(each);
    const types = option === 'src-type' ? tests.sources : option === 'dst-type' ? tests.destinations : undefined;
    if (types && value.includes('CAST')) addAddresses(types, MULTICAST[family], family);
  }
}

const MULTICAST: Readonly<Record<Family, string>> = { ipv4: '224.0.0.0/4', ipv6: 'ff00::/8' };

function addPorts(ranges: Ranges, list: string): void {
  for (const item of list.split(',')) {
    const range = portRange(item);
    if (range) addRange(ranges, BigInt(range[0]), BigInt(range[1]));
  }
}

/** Adds the values of set entries that can match; `sides` are the src,dst flags of --match-set. */
export function addSet(
  { type, family }: Pick<IpSet, 'type' | 'family'>,
  entries: IpSet['entries'],
  sides: readonly ('src' | 'dst')[],
  tests: Tests,
): void {
  const [first = 'dst', second = first, last = first] = sides;
  if (type === 'bitmap:port') for (const protocol of ['tcp', 'udp']) tests.protocols.add(protocol);
  for (const { ip, protocol, port, source } of entries) {
    if (ip !== undefined) addAddresses(first === 'src' ? tests.sources : tests.destinations, ip, family);
    if (protocol !== undefined) tests.protocols.add(protocol);
    const portSide = type === 'bitmap:port' ? first : second;
    if (port !== undefined) addRange(portSide === 'src' ? tests.sourcePorts : tests.ports, BigInt(port), BigInt(port));
    if (source !== undefined) addAddresses(last === 'src' ? tests.sources : tests.destinations, source, family);
  }
}
