/**
 * lower, layout `fast`, part: rules for single addresses or ports → the rules of a base chain, and the chains of the tree
 * behind it.
 */
import { type Family, ipOf, network } from '../../../../ip.js';
import { type Chain, is, type L4Protocol, type Rule, rule } from '../../../../tools/iptables/types.js';
import { partChain } from '../../names.js';
import { type Keyed, type Part, treeOf } from './tree.js';

/** A rule, and the address or port that it is for. */
export interface Placed {
  /** The address, or the protocol of a port. */
  readonly at: 'ip' | L4Protocol;
  readonly digits: string;
  readonly rule: Rule;
}

/** The name of each tree of a table, which the names of its chains have. */
export interface Trees {
  readonly family: Family;
  readonly ips: string;
  /** With the protocol behind it. */
  readonly ports: string;
}

/** The rules of a base chain, and the chains behind it. */
export interface Dispatch {
  readonly rules: readonly Rule[];
  readonly chains: readonly Chain[];
}

/** Leads packets to the rules for their destination address. */
export function byAddress(placed: readonly Placed[], { ips, family }: Trees): Dispatch {
  const of = (prefix: string) => networkOf(prefix, family);
  return dispatch(
    placed.filter(({ at }) => at === 'ip'),
    {
      // nft has no colons in names.
      name: (prefix) => partChain(ips, of(prefix).replace('/', '-').replaceAll(':', '.')),
      lead: (prefix, target) => rule({ destination: is(of(prefix)) }, [], target),
    },
  );
}

/** Leads packets to the rules for their destination port. */
export function byPort(placed: readonly Placed[], { ports }: Trees): Dispatch {
  const found = (['tcp', 'udp', 'sctp'] as const).map((protocol) =>
    dispatch(
      placed.filter(({ at }) => at === protocol),
      {
        name: (prefix) => partChain(`${ports}${protocol}`, rangeOf(prefix).join('-')),
        lead: (prefix, target) => rule({ protocol }, [{ kind: 'ports', protocol, ports: rangeOf(prefix) }], target),
      },
    ),
  );
  return { rules: found.flatMap(({ rules }) => rules), chains: found.flatMap(({ chains }) => chains) };
}

/** The key of an address in a tree. */
export function digitsOf(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The key of a port in a tree. */
export function portDigits(port: number): string {
  return port.toString(16).padStart(PORT_DIGITS, '0');
}

const PORT_DIGITS = 4;

/** How a kind of tree names its chains, and leads to them. */
interface Kind {
  readonly name: (prefix: string) => string;
  readonly lead: (prefix: string, target: NonNullable<Rule['target']>) => Rule;
}

function dispatch(placed: readonly Placed[], kind: Kind): Dispatch {
  const chains: Chain[] = [];
  const rulesOf = (part: Part<Rule>, how: 'jump' | 'goto'): readonly Rule[] => [
    ...part.parts.map((each) => {
      const chain = kind.name(each.prefix);
      const rules = rulesOf(each, 'goto');
      chains.push({ name: chain, rules: () => rules });
      return kind.lead(each.prefix, { kind: how, chain });
    }),
    ...part.values,
  ];
  const tree = treeOf(placed.map((each): Keyed<Rule> => ({ digits: each.digits, value: each.rule })));
  // From the base chain a packet comes back; within the tree it cannot match anything else.
  return { rules: rulesOf(tree, 'jump'), chains };
}

/** The network of the addresses whose digits begin with `prefix`: `10.96.16.0/20` for `0a601`. */
function networkOf(prefix: string, family: Family): string {
  const digits = prefix.padEnd(family === 'ipv4' ? 8 : 32, '0');
  const bytes = Array.from({ length: digits.length / 2 }, (_, i) =>
    Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16),
  );
  return network(ipOf(bytes), prefix.length * 4).text;
}

/** The first and the last port whose digits begin with `prefix`. */
function rangeOf(prefix: string): readonly [number, number] {
  return [Number.parseInt(prefix.padEnd(PORT_DIGITS, '0'), 16), Number.parseInt(prefix.padEnd(PORT_DIGITS, 'f'), 16)];
}
