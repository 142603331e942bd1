/**
 * lower, part: rules that look up an ipset.
 */
import type { SetType } from '../../../tools/ipset/types.js';
import { comment, type Header, type Match, type Rule, rule, type Target } from '../../../tools/iptables/types.js';
import type { Context } from '../context.js';
import { type Members, SETS, type SetKey, setName } from '../sets.js';

/** The side of the packet for each dimension of a set. */
const SIDES: Readonly<Record<SetType, readonly ('src' | 'dst')[]>> = {
  'hash:ip': ['dst'],
  'hash:ip,port': ['dst', 'dst'],
  'hash:ip,port,ip': ['dst', 'dst', 'src'],
  'hash:ip,port,net': ['dst', 'dst', 'src'],
  'bitmap:port': ['dst'],
};

/** Matches packets that are members of the set. */
export function inSet(key: SetKey, { node }: Context, sides = SIDES[SETS[key].type]): Match {
  return { kind: 'set', set: setName(key, node.family), sides };
}

/** The set's own comment, and the match for its members. */
export function labelled(key: SetKey, context: Context, sides?: readonly ('src' | 'dst')[]): readonly Match[] {
  return [comment(SETS[key].comment), inSet(key, context, sides)];
}

/** Makes rules about members of a set; none when the set is empty. */
export type OfMembers = (key: SetKey, target: Target, header?: Header) => readonly Rule[];

/** For the sets of `members`. */
export function ofMembers(members: Members, context: Context): OfMembers {
  return (key, target, header = {}) => {
    return members[key].size === 0 ? [] : [rule(header, labelled(key, context), target)];
  };
}
