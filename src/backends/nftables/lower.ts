/**
 * lower: ServicePorts → the tables of nftables mode. The policy decisions have been made; a layout arranges them in
 * chains and maps.
 */
import type { Options } from '../../options.js';
import type { ServicePort } from '../../resolve/types.js';
import type { Table } from '../../tools/nft/types.js';
import type { DesiredState } from '../../tools/tools.js';
import type { Lowering, Resolved, Ties } from '../backend.js';
import { loopbackListeners } from '../shared/loopback.js';
import { type Context, contextOf } from './context.js';
import { FAST_TIES, layoutFast } from './rules/fast.js';
import { layoutKubeProxy } from './rules/kube-proxy.js';
import { KUBE_PROXY_TIES } from './rules/ties.js';

interface Layout {
  readonly arrange: (ports: readonly ServicePort[], context: Context) => Table;
  /** How ServicePorts depend on each other. */
  readonly ties: Ties;
}

const KUBE_PROXY: Layout = { arrange: layoutKubeProxy, ties: KUBE_PROXY_TIES };

const LAYOUTS: ReadonlyMap<string, Layout> = new Map([
  ['kube-proxy', KUBE_PROXY],
  ['fast', { arrange: layoutFast, ties: FAST_TIES }],
]);

/** The available layouts; the first is the default. */
export const LAYOUT_NAMES: readonly string[] = [...LAYOUTS.keys()];

/** The desired state that serves `resolved`; `layout` is one of LAYOUT_NAMES. */
export function lower(resolved: readonly Resolved[], options: Options, how: Lowering): DesiredState {
  return lowerIn((family) => contextOf(family, options), resolved, how);
}

/** The same, where the context of each family is known. */
export function lowerIn(
  contextFor: (family: Resolved) => Context,
  resolved: readonly Resolved[],
  { layout }: Lowering,
): DesiredState {
  const { arrange } = LAYOUTS.get(layout) ?? KUBE_PROXY;
  const relay = loopbackListeners(resolved);
  const tables = resolved.map((each) => arrange(each.ports, contextFor(each)));
  return { nft: { tables }, ...(relay && { relay }) };
}

/** How ServicePorts depend on each other in a layout. */
export function tiesOf(layout: string): Ties {
  return (LAYOUTS.get(layout) ?? KUBE_PROXY).ties;
}
