/**
 * conditions: a rule's header and matches → conditions that are tested on a packet.
 */
import { type Cidr, contains, type Ip, parseCidr, parseIp } from '../ip.js';
import { printRule } from '../tools/iptables/print.js';
import { type Header, type Match, type Negatable, type Rule, rule } from '../tools/iptables/types.js';
import { hasState } from './conntrack.js';
import { incoming, outgoing } from './devices.js';
import { type Condition, foreignCondition } from './foreign.js';
import { fraction } from './fraction.js';
import type { Membership } from './membership.js';
import { isLocal, type NodeRules } from './node.js';
import type { Flow } from './packet.js';
import { knownDestination } from './targets.js';
import { depends, NO, of, shareOf, type Tri, unless, YES } from './tri.js';

/** The state of the node that conditions test. */
export interface Known {
  readonly node: NodeRules;
  readonly membership: (set: string) => Membership | undefined;
}

/** A condition, and its text for people. */
export interface NamedCondition {
  readonly text: () => string;
  readonly test: Condition;
  /** Whether it reads the destination, address or port. */
  readonly tells: boolean;
}

/** All conditions of a rule, in the order in which the kernel tries them. */
export function conditionsOf({ header, matches }: Rule, known: Known): readonly NamedCondition[] {
  return [
    ...headerConditions(header, known.node),
    // The comment match always holds.
    ...matches
      .filter(({ kind }) => kind !== 'comment')
      .map((match) => ({
        text: () => print({ matches: [match] }),
        test: matchCondition(match, known),
        tells: readsDestination(match),
      })),
  ];
}

function print({ header = {}, matches = [] }: { header?: Header; matches?: readonly Match[] }): string {
  return printRule(rule(header, matches), 'ipv4').trim();
}

function headerConditions(header: Header, node: NodeRules): readonly NamedCondition[] {
  const found: NamedCondition[] = [];
  const add = (part: Header, test: Condition, tells = false) =>
    found.push({ text: () => print({ header: part }), test, tells });
  const { source, destination, inInterface, outInterface, protocol, other } = header;
  if (source) add({ source }, network(source, sourceOf));
  if (destination) add({ destination }, network(destination, knownDestination), true);
  if (inInterface) add({ inInterface }, incoming(inInterface));
  if (outInterface) add({ outInterface }, outgoing(outInterface, node), true);
  if (protocol)
    add({ protocol }, protocolIs(typeof protocol === 'string' ? { not: false, value: protocol } : protocol));
  // ` -f` matches second and further fragments: never the first packet of a connection. Other options are unknown.
  if (other !== undefined)
    found.push({
      text: () => other.trim(),
      test: () => (other === ' -f' ? NO : other === ' ! -f' ? YES : depends(other.trim())),
      tells: false,
    });
  return found;
}

// Tests are held for every rule that a packet reaches, so none is made within a function that has more to hold.
function sourceOf({ source }: Flow): Ip {
  return source;
}

function protocolIs({ not, value }: Negatable<string>): Condition {
  return shared(
    `protocol ${not} ${value}`,
    () =>
      ({ protocol }) =>
        unless(not, of(value === 'all' || protocol === value)),
  );
}

/** Conditions that hundreds of thousands of rules of one dump have in common. */
const SHARED = new Map<string, Condition>();

function shared(name: string, make: () => Condition): Condition {
  const before = SHARED.get(name);
  if (before) return before;
  const made = make();
  SHARED.set(name, made);
  return made;
}

function network({ not, value }: Negatable<string>, side: Side): Condition {
  // iptables-save writes /32, a person may leave it out.
  const slash = value.indexOf('/');
  const isHost = slash < 0 || value.slice(slash) === (value.includes(':') ? '/128' : '/32');
  const ip = isHost ? parseIp(slash < 0 ? value : value.slice(0, slash)) : undefined;
  if (ip) return isAddress(not, ip.text, side);
  const cidr = parseCidr(value);
  return cidr ? inNetwork(not, cidr, side) : () => depends(value);
}

/** Undefined: an address of the node that is no loopback address. */
type Side = (flow: Flow) => Ip | undefined;

function inNetwork(not: boolean, cidr: Cidr, side: Side): Condition {
  return (flow) => {
    const ip = side(flow);
    return ip ? unless(not, of(contains(cidr, ip))) : ofInterface(not, cidr.text);
  };
}

/** Held for every endpoint of a dump, so nothing else of the rule is. */
function isAddress(not: boolean, text: string, side: Side): Condition {
  return (flow) => {
    const ip = side(flow);
    return ip ? unless(not, of(ip.text === text)) : ofInterface(not, text);
  };
}

function ofInterface(not: boolean, text: string): Tri {
  return /^127\.|^::1(?:\/|$)/.test(text) ? of(not) : depends(`${not ? '! ' : ''}-d ${text}`);
}

/** Whether a match may read the destination, address or port; one that is not known may read everything. */
function readsDestination(match: Match): boolean {
  switch (match.kind) {
    case 'l4':
      return match.destinationPort !== undefined;
    case 'addrtype':
      return match.side === 'destination';
    case 'ports':
    case 'same-address':
    case 'set':
    case 'unknown':
      return true;
    default:
      return false;
  }
}

function matchCondition(match: Match, { node, membership }: Known): Condition {
  switch (match.kind) {
    case 'comment':
      return () => YES;
    case 'l4':
    case 'ports':
      return portCondition(match);
    case 'same-address':
      return ({ source, destination }) => of(source.text === destination.text);
    case 'conntrack': {
      const { not, value } = match.states;
      const states: ReadonlySet<string> = new Set(value);
      const unknown = depends(`${not ? 'not ' : ''}in state ${value.join(',')}`);
      return (flow) => {
        const found = hasState(states, flow);
        return found === undefined ? unknown : unless(not, of(found));
      };
    }
    case 'mark': {
      const { not, value } = match.mark;
      const bits = `0x${value.value.toString(16)}/0x${value.mask.toString(16)}`;
      const unknown = depends(`-m mark ${not ? '! ' : ''}--mark ${bits}`);
      return ({ mark }) =>
        mark === undefined ? unknown : unless(not, of((mark & value.mask) >>> 0 === value.value >>> 0));
    }
    case 'addrtype':
      return (flow) =>
        unless(match.type.not, of(isLocal(node, match.side === 'source' ? flow.source : flow.destination)));
    case 'set': {
      const has = membership(match.set);
      const unknown = depends(`what is in set ${match.set}`);
      return (flow) => {
        const found = has?.(flow, match.sides);
        return found === undefined ? unknown : of(found);
      };
    }
    case 'physdev-in':
      return ({ isLocal }) => (isLocal ? of(match.in.not) : depends('whether it came in by a port of a bridge'));
    case 'ipvs': {
      const name = `${match.protocol} ${match.address} ${match.port}`;
      return ({ virtualServer }) => of(virtualServer === name);
    }
    case 'statistic':
      return shared(`statistic ${match.probability}`, () => {
        const share = shareOf(fraction(BigInt(match.probability), 1n << 31n));
        return () => share;
      });
    case 'recent': {
      const { check, list } = match;
      // --set adds the client and always matches; --rcheck matches only a client that is in the list.
      if (check.kind === 'set') return () => YES;
      return ({ remembered }) => of(remembered?.list === list && remembered.seconds <= check.seconds);
    }
    case 'unknown':
      return foreignCondition(match.text, node, membership);
  }
}

function portCondition(match: Extract<Match, { kind: 'l4' | 'ports' }>): Condition {
  const { protocol: wanted } = match;
  if (match.kind === 'ports') {
    const [first, last] = match.ports;
    return ({ protocol, destinationPort: port }) =>
      of(protocol === wanted && port !== undefined && first <= port && port <= last);
  }
  const { destinationPort: port } = match;
  // Without a port it is the condition of the header, `-p tcp -m tcp`.
  if (port === undefined) return protocolIs({ not: false, value: wanted });
  return shared(
    `l4 ${wanted} ${port}`,
    () =>
      ({ protocol, destinationPort }) =>
        of(protocol === wanted && port === destinationPort),
  );
}
