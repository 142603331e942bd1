/**
 * lower, part: the input that all lowering functions of this mode share.
 */
import { type Cidr, inetNtop } from '../../ip.js';
import { masqueradeOf, type Options } from '../../options.js';
import type { NodeContext } from '../../resolve/types.js';
import { NFT_FAMILY } from '../../tools/nft/types.js';
import type { Resolved } from '../backend.js';

export interface Context {
  readonly node: NodeContext;
  /** The header of addresses: `ip` or `ip6`. */
  readonly ip: 'ip' | 'ip6';
  /** The packet mark that means "masquerade". */
  readonly mark: number;
  readonly masqueradeAll: boolean;
  /** The networks of cluster IPs, as far as they are known. */
  readonly serviceCIDRs: readonly Cidr[];
}

/** The context of one family. */
export function contextOf({ node, serviceCIDRs }: Omit<Resolved, 'ports' | 'peers'>, options: Options): Context {
  const { masqueradeAll, masqueradeBit } = masqueradeOf(options);
  return { node, ip: NFT_FAMILY[node.family], mark: 2 ** masqueradeBit, masqueradeAll, serviceCIDRs };
}

/** What `make` makes of an object, made once for each: what is the very same costs a change nothing. */
export function oncePer<C extends object, T>(make: (of: C) => T): (of: C) => T {
  const known = new WeakMap<C, { readonly made: T }>();
  return (of) => {
    const there = known.get(of) ?? { made: make(of) };
    known.set(of, there);
    return there.made;
  };
}

/** The addresses that serve node ports; undefined when all of the node's do. Never loopback ones. */
export function nodePortIPs({ node }: Context): readonly string[] | undefined {
  if (node.nodePorts.on === 'local-addresses') return undefined;
  return node.nodePorts.addresses.map(inetNtop);
}
