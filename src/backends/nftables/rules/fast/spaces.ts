/**
 * layout fast, part: the two kinds of keys that endpoints are numbered for, and the names of their chains and maps.
 *
 * A chain's name has a slash, so that kube-proxy removes it like the chain of a deleted Service, should it take over.
 */
import { inetNtop } from '../../../../ip.js';
import type { Frontend } from '../../../../resolve/types.js';
import type { Expression } from '../../../../tools/nft/types.js';
import { type Context, oncePer } from '../../context.js';
import { addressType, concat, DPORT, daddr, L4PROTO } from '../statements.js';

export interface Space {
  /** Begins the names of its chains and maps. */
  readonly prefix: '' | 'nodeport-';
  /** The key that endpoints are numbered for, of a frontend and of a packet. */
  readonly keyOf: (frontend: Frontend, protocol: string) => string;
  readonly key: Expression;
  readonly keyType: string;
  /** The key of the target port. */
  readonly portKeyOf: (frontend: Frontend, protocol: string) => string;
  readonly portKey: Expression;
  readonly portKeyType: string;
}

/** Addresses of Services, and node ports. */
export interface Spaces {
  readonly vips: Space;
  readonly nodePorts: Space;
}

const PORT_TYPE = 'inet_proto . inet_service';

export const spacesOf = oncePer((context: Pick<Context, 'ip'>): Spaces => {
  const address = ({ ip = '' }: Frontend) => inetNtop(ip);
  const nodePort = ({ port }: Frontend, protocol: string) => `${protocol} . ${port}`;
  const vips: Space = {
    prefix: '',
    keyOf: address,
    key: daddr(context),
    keyType: addressType(context),
    portKeyOf: (frontend, protocol) => `${address(frontend)} . ${nodePort(frontend, protocol)}`,
    portKey: concat(daddr(context), L4PROTO, DPORT),
    portKeyType: `${addressType(context)} . ${PORT_TYPE}`,
  };
  const nodePorts: Space = {
    prefix: 'nodeport-',
    keyOf: nodePort,
    key: concat(L4PROTO, DPORT),
    keyType: PORT_TYPE,
    portKeyOf: nodePort,
    portKey: concat(L4PROTO, DPORT),
    portKeyType: PORT_TYPE,
  };
  return { vips, nodePorts };
});

/** The space that has the endpoints of `frontend`. */
export function spaceOf({ ip }: Frontend, { vips, nodePorts }: Spaces): Space {
  return ip === undefined ? nodePorts : vips;
}

/** The map with the endpoint of number `slot` of each key. */
export function slotMap({ prefix }: Space, slot: number): string {
  return `${prefix}slot-${slot}`;
}

/** The map with the target port of each frontend. */
export function portMap({ prefix }: Space): string {
  return `${prefix}target-ports`;
}

/** The chain that sends a packet to the endpoint of number `slot`. */
export function slotChain({ prefix }: Space, slot: number): string {
  return `${prefix}slot/${slot}`;
}

/** The chain that picks one of the first `count` endpoints. */
export function pickChain(space: Space, count: number): string {
  return count === 1 ? slotChain(space, 0) : `${space.prefix}pick/${count}`;
}

/** The entrance of traffic from outside: `count` endpoints under policy Cluster, `local` of them under policy Local. */
export function externalChain({ prefix }: Space, count: number, local: number | undefined): string {
  return local === undefined ? `${prefix}external/${count}` : `${prefix}external-local/${count}-${local}`;
}
