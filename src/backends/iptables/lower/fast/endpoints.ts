/**
 * lower, layout `fast`, part: the chain that sends each connection to one of some endpoints, all equally likely.
 *
 * Up to 16 endpoints are tried one after the other. More are divided in eight by the hash of address and port, so that a
 * change of one endpoint changes its own part of them, and the shares of the parts.
 */
import { joinHostPort } from '../../../../ip.js';
import type { Endpoint } from '../../../../resolve/types.js';
import { type Match, type Rule, rule, type Target } from '../../../../tools/iptables/types.js';
import { sha256Hex } from '../../../shared/sha256.js';
import type { NamedPort } from '../port.js';

/** A chain with its rules. */
export interface Balancing {
  readonly name: string;
  readonly rules: () => readonly Rule[];
}

/** The most endpoints that stand one behind the other. */
export const LINEAR = 16;

/** Letters behind the hash in a chain's name; more would not fit. Eight to the third are 512 chains. */
const DEEPEST = 3;
const LETTERS = 'abcdefgh';

/** The chain `name`, and those behind it. */
export function balance(named: NamedPort, name: string, endpoints: readonly Endpoint[]): readonly Balancing[] {
  return divided(named, name, endpoints.map(hashed), 0);
}

interface Hashed {
  readonly endpoint: Endpoint;
  /** Made where it is needed. */
  readonly digit: (place: number) => number;
}

function hashed(endpoint: Endpoint): Hashed {
  let hash: string | undefined;
  return {
    endpoint,
    digit: (place) => {
      hash ??= sha256Hex(joinHostPort(endpoint.ip, endpoint.port));
      return Number.parseInt(hash[place] ?? '0', 16) & 7;
    },
  };
}

function divided(named: NamedPort, name: string, list: readonly Hashed[], depth: number): readonly Balancing[] {
  if (list.length <= LINEAR || depth === DEEPEST)
    return [
      {
        name,
        rules: () =>
          inTurn(
            named,
            list.map((each) => [1, dnat(each)]),
          ),
      },
    ];
  const parts = Array.from({ length: 8 }, (_, digit) => list.filter((each) => each.digit(depth) === digit));
  const below = parts.map((part, digit) => ({ part, name: `${name}${LETTERS[digit]}` }));
  const targets = below.flatMap(({ part, name: chain }): readonly Weighted[] => {
    const [first] = part;
    if (!first) return [];
    return [[part.length, part.length === 1 ? dnat(first) : { kind: 'goto', chain }]];
  });
  return [
    { name, rules: () => inTurn(named, targets) },
    ...below.flatMap(({ part, name: chain }) => (part.length > 1 ? divided(named, chain, part, depth + 1) : [])),
  ];
}

type Weighted = readonly [weight: number, target: Target];

function dnat({ endpoint: { ip, port } }: Hashed): Target {
  return { kind: 'dnat', ip, port };
}

/** One of the targets for each connection, as often as it weighs. */
function inTurn({ protocol }: NamedPort, targets: readonly Weighted[]): readonly Rule[] {
  let left = targets.reduce((sum, [weight]) => sum + weight, 0);
  return targets.map(([weight, target]) => {
    const random: readonly Match[] = weight === left ? [] : [{ kind: 'statistic', probability: share(weight, left) }];
    left -= weight;
    // DNAT to a port requires a protocol.
    return rule({ protocol }, random, target);
  });
}

/** A probability in units of 2^-31. */
function share(weight: number, of: number): number {
  return Math.round((weight / of) * 2 ** 31);
}
