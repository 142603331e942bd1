/**
 * lower, part: the input that all lowering functions share.
 */
import type { NodeContext } from '../../../resolve/types.js';
import type { Features } from '../../features.js';

export interface Context {
  readonly node: NodeContext;
  readonly features: Features;
  /** The packet mark that means "masquerade". */
  readonly masqueradeMark: number;
  /** Whether INVALID packets are left alone (see Options). */
  readonly tcpBeLiberal: boolean;
  /** Whether rules that exist once per endpoint carry a comment. */
  readonly endpointComments: boolean;
}
