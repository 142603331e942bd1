/**
 * may: whether a rule can match packets of which only destination, protocol and port are known. The answer is no only
 * where that is certain.
 */
import { type Cidr, contains, type Ip, parseCidr } from '../ip.js';
import { isLocal, type NodeRules } from '../packet/node.js';
import type { Entry, IpSet } from '../tools/ipset/types.js';
import type { Match, Rule } from '../tools/iptables/types.js';

/** The known fields of packets; an undefined field can have any value. */
export interface Knowledge {
  readonly destination: Ip;
  readonly protocol: string | undefined;
  readonly port: number | undefined;
}

export interface KnownSet extends IpSet {
  readonly byAddress: ReadonlyMap<string, readonly Entry[]>;
}

export type KnownSets = ReadonlyMap<string, KnownSet>;

export function setsOf(sets: readonly IpSet[]): KnownSets {
  return new Map(
    sets.map((set) => {
      const byAddress = new Map<string, Entry[]>();
      for (const entry of set.entries) {
        const key = entry.ip ?? '';
        const list = byAddress.get(key);
        if (list) list.push(entry);
        else byAddress.set(key, [entry]);
      }
      return [set.name, { ...set, byAddress }];
    }),
  );
}

/** The entries of a set that can match the packets; `first` and `second` are the src,dst flags of --match-set. */
export function setEntries(
  { type, byAddress, entries }: KnownSet,
  [first = 'dst', second = first]: readonly ('src' | 'dst')[],
  { destination, protocol, port }: Knowledge,
): readonly Entry[] {
  if (first === 'src') return entries;
  if (type === 'bitmap:port') return port === undefined ? entries : entries.filter((each) => each.port === port);
  const own = byAddress.get(destination.text) ?? [];
  if (type === 'hash:ip' || second === 'src') return own;
  return own.filter(
    (each) => (protocol === undefined || each.protocol === protocol) && (port === undefined || each.port === port),
  );
}

export function may({ header, matches }: Rule, known: Knowledge, node: NodeRules, sets: KnownSets): boolean {
  const { destination, protocol } = header;
  if (destination) {
    const cidr = cidrOf(destination.value);
    if (cidr && contains(cidr, known.destination) === destination.not) return false;
  }
  if (typeof protocol === 'string' && known.protocol !== undefined && protocol !== known.protocol) return false;
  return matches.every((match) => mayMatch(match, known, node, sets));
}

function mayMatch(match: Match, known: Knowledge, node: NodeRules, sets: KnownSets): boolean {
  switch (match.kind) {
    case 'l4':
      if (known.protocol !== undefined && known.protocol !== match.protocol) return false;
      return known.port === undefined || match.destinationPort === undefined || known.port === match.destinationPort;
    case 'ports': {
      const [first, last] = match.ports;
      if (known.protocol !== undefined && known.protocol !== match.protocol) return false;
      return known.port === undefined || (first <= known.port && known.port <= last);
    }
    case 'addrtype':
      return match.side === 'source' || isLocal(node, known.destination) !== match.type.not;
    case 'set': {
      const set = sets.get(match.set);
      return !set || setEntries(set, match.sides, known).length > 0;
    }
    default:
      return true;
  }
}

const cidrs = new Map<string, Cidr | undefined>();

/** Caches networks, since most are in many rules; single addresses are not cached. */
function cidrOf(text: string): Cidr | undefined {
  if (text.endsWith('/32') || text.endsWith('/128')) return parseCidr(text);
  if (!cidrs.has(text)) cidrs.set(text, parseCidr(text));
  return cidrs.get(text);
}
