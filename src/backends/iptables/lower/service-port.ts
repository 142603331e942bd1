/**
 * lower, part: one ServicePort → its rules in the shared chains, and its own chains in nat.
 */

import type { ServicePort } from '../../../resolve/types.js';
import type { Chain } from '../../../tools/iptables/types.js';
import type { SharedRule } from '../../shared/shared-chains.js';
import type { Context } from './context.js';
import { endpointChains, policyChains } from './endpoints.js';
import { externalChains } from './external.js';
import { frontendRules, healthCheck } from './frontends.js';
import { namePort } from './port.js';

export interface LoweredPort {
  readonly shared: readonly SharedRule[];
  /** In nat. */
  readonly chains: readonly Chain[];
}

/** The rules of one ServicePort; they depend only on it and the context. */
export function lowerServicePort(port: ServicePort, context: Context): LoweredPort {
  const named = namePort(port, context);
  return {
    shared: [...port.frontends.flatMap((frontend) => frontendRules(named, frontend)), ...healthCheck(named)],
    chains: [...policyChains(named), ...externalChains(named), ...endpointChains(named)],
  };
}
