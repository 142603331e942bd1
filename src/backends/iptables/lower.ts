/**
 * lower: ServicePorts → iptables RuleSet, for one node and family. The policy decisions have been made; a layout
 * arranges the rules in chains.
 */

import type { Memo } from '../../memo.js';
import type { Options } from '../../options.js';
import type { NodeContext, ServicePort } from '../../resolve/types.js';
import type { RuleSet, Table } from '../../tools/iptables/types.js';
import type { Lowering } from '../backend.js';
import type { Context } from './lower/context.js';
import { layoutFast } from './lower/fast.js';
import { layoutKubeProxy } from './lower/kube-proxy.js';

export { JUMPS } from './lower/base.js';

type Layout = (ports: readonly ServicePort[], context: Context, memo: Memo) => readonly Table[];

const LAYOUTS: ReadonlyMap<string, Layout> = new Map([
  ['kube-proxy', layoutKubeProxy],
  ['fast', layoutFast],
]);

/** The available layouts; the first is the default. */
export const LAYOUT_NAMES: readonly string[] = [...LAYOUTS.keys()];

/** With more endpoints kube-proxy leaves comments out, which are 40% of the bytes (k/k#65755). */
const LARGE_CLUSTER_ENDPOINTS = 1000;

/** The rule set that serves `ports` on `node`; both must be of one family, and `layout` one of LAYOUT_NAMES. */
export function lower(
  ports: readonly ServicePort[],
  node: NodeContext,
  options: Options,
  { layout, features, memo }: Lowering,
): RuleSet {
  const endpoints = ports.reduce((sum, port) => sum + port.endpoints.total, 0);
  const context: Context = {
    node,
    features,
    masqueradeMark: 2 ** options.masqueradeBit,
    tcpBeLiberal: options.tcpBeLiberal,
    endpointComments: endpoints <= LARGE_CLUSTER_ENDPOINTS,
  };
  const arrange = LAYOUTS.get(layout) ?? layoutKubeProxy;
  return { family: node.family, tables: arrange(ports, context, memo) };
}
