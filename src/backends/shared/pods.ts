/**
 * lower, shared by the proxy modes that use iptables: how a rule matches traffic of this node's pods.
 */

import type { PodTraffic } from '../../resolve/types.js';
import type { Header, is, not } from '../../tools/iptables/types.js';

/** The header that matches traffic of this node's pods, or with `not` all other traffic. */
export function fromPods(traffic: PodTraffic, negation: typeof is | typeof not): Header {
  switch (traffic.kind) {
    case 'source':
      return { source: negation(traffic.cidr.text) };
    case 'interface':
      return { inInterface: negation(traffic.name) };
    case 'interface-prefix':
      return { inInterface: negation(`${traffic.prefix}+`) };
  }
}
