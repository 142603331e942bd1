/**
 * lower, part: a ServicePort with the names that several lowering functions use.
 */
import type { ServicePort } from '../../../resolve/types.js';
import type { L4Protocol } from '../../../tools/l4.js';
import type { Statement } from '../../../tools/nft/types.js';
import type { ServiceChains } from '../../shared/service-chains.js';
import type { Context } from '../context.js';
import { L4PROTO, match } from './statements.js';

export interface NamedPort {
  readonly port: ServicePort;
  readonly protocol: L4Protocol;
  readonly chains: ServiceChains;
  readonly context: Context;
}

/** Matches the port's protocol, which DNAT to a port needs. */
export function ofProtocol({ protocol }: NamedPort): Statement {
  return match(L4PROTO, [protocol]);
}
