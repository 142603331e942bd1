/**
 * devices: conditions on the interfaces that a packet comes in and leaves by, of iptables and of nftables.
 */
import type { Negatable } from '../tools/iptables/types.js';
import type { Condition } from './foreign.js';
import { isLocal, type NodeRules } from './node.js';
import type { Flow } from './packet.js';
import { depends, of, unless } from './tri.js';

/** A packet that this node sends has no input interface: the kernel compares with an empty name. */
export function incoming(wanted: Negatable<string>): Condition {
  const known = device('-i', wanted, ({ isLocal, inInterface: name }) => (isLocal ? '' : name));
  return (flow) => (flow.notInterfaces.includes(wanted.value) ? of(wanted.not) : known(flow));
}

/**
 * The condition on the output interface. What the node sends to itself leaves by lo, and nothing else does. Where a rule of
 * OUTPUT has translated the destination, the hooks differ in the interface that they see (nf_nat_ipv4_local_fn).
 */
export function outgoing(wanted: Negatable<string>, node: NodeRules): Condition {
  const toSelf = ({ isLocal: isSent, destination, original }: Flow): boolean | undefined => {
    if (!isSent) return false;
    const now = isLocal(node, destination);
    return original && isLocal(node, original.destination) !== now ? undefined : now;
  };
  const known = device('-o', wanted, (flow) => flow.outInterface ?? (toSelf(flow) ? 'lo' : undefined));
  if (wanted.value !== 'lo') return known;
  return (flow) => (toSelf(flow) === false ? of(wanted.not) : known(flow));
}

/** A name with `+` at its end is a prefix. */
function device(
  option: '-i' | '-o',
  { not, value }: Negatable<string>,
  name: (flow: Flow) => string | undefined,
): Condition {
  const unknown = depends(`${not ? '! ' : ''}${option} ${value}`);
  const matches = value.endsWith('+')
    ? (text: string) => text.startsWith(value.slice(0, -1))
    : (text: string) => text === value;
  return (flow) => {
    const found = name(flow);
    if (value === '+') return of(!not);
    return found === undefined ? unknown : unless(not, of(matches(found)));
  };
}
