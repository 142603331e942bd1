/**
 * lower: ServicePorts → iptables RuleSet, for one node and family. The policy decisions have been made; a layout
 * arranges the rules in chains.
 */
import type { Options } from '../../options.js';
import type { ServicePort } from '../../resolve/types.js';
import type { RuleSet } from '../../tools/iptables/types.js';
import type { Lowering, Resolved } from '../backend.js';
import type { KeptFamily } from '../shared/families.js';
import type { Context } from './lower/context.js';
import { keepFast, layoutFast } from './lower/fast.js';
import { keepKubeProxy, layoutKubeProxy } from './lower/kube-proxy.js';
import type { KeptLayout, Layout } from './lower/layout.js';

export { JUMPS } from './lower/base.js';

const KUBE_PROXY: Layout = { arrange: layoutKubeProxy, keep: keepKubeProxy };

const LAYOUTS: ReadonlyMap<string, Layout> = new Map([
  ['kube-proxy', KUBE_PROXY],
  ['fast', { arrange: layoutFast, keep: keepFast }],
]);

/** The available layouts; the first is the default. */
export const LAYOUT_NAMES: readonly string[] = [...LAYOUTS.keys()];

/** With more endpoints kube-proxy leaves comments out, which are 40% of the bytes (k/k#65755). */
const LARGE_CLUSTER_ENDPOINTS = 1000;

/** The rule set that serves the ServicePorts of one family; `layout` is one of LAYOUT_NAMES. */
export function lower(resolved: Pick<Resolved, 'node' | 'ports'>, options: Options, how: Lowering): RuleSet {
  const { node, ports } = resolved;
  const { arrange } = LAYOUTS.get(how.layout) ?? KUBE_PROXY;
  const context = contextOf(resolved, isLarge(endpointsOf(ports)), options, how);
  return { family: node.family, tables: arrange(ports, context) };
}

/** What a daemon keeps of the rule set of one family; begins with all its ServicePorts. */
export function keep(resolved: Resolved, options: Options, how: Lowering): KeptFamily<RuleSet> {
  const { family } = resolved.node;
  const layout = LAYOUTS.get(how.layout) ?? KUBE_PROXY;
  let endpoints = endpointsOf(resolved.ports);
  const large = isLarge(endpoints);
  const context = contextOf(resolved, large, options, how);
  const kept: KeptLayout | undefined = layout.keep?.(resolved.ports, context);
  return {
    replace: (before, after) => {
      endpoints += endpointsOf(after) - endpointsOf(before);
      const isDone = kept ? kept.replace(before, after) : before.length + after.length === 0;
      return isDone && isLarge(endpoints) === large;
    },
    lower: (ports) => ({ family, tables: kept?.arrange(ports) ?? layout.arrange(ports, context) }),
  };
}

function contextOf(
  { node }: Pick<Resolved, 'node'>,
  large: boolean,
  options: Options,
  { features }: Lowering,
): Context {
  return {
    node,
    features,
    masqueradeMark: 2 ** options.masqueradeBit,
    tcpBeLiberal: options.tcpBeLiberal,
    endpointComments: !large,
  };
}

function isLarge(endpoints: number): boolean {
  return endpoints > LARGE_CLUSTER_ENDPOINTS;
}

function endpointsOf(ports: readonly ServicePort[]): number {
  return ports.reduce((sum, port) => sum + port.endpoints.total, 0);
}
