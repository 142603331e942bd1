/**
 * lower: ServicePorts → the tables of nftables mode. The policy decisions have been made; a layout arranges them in
 * chains and maps.
 */
import type { Memo } from '../../memo.js';
import type { Options } from '../../options.js';
import type { ServicePort } from '../../resolve/types.js';
import type { Table } from '../../tools/nft/types.js';
import type { DesiredState } from '../../tools/tools.js';
import type { Lowering, Resolved } from '../backend.js';
import { loopbackListeners } from '../shared/loopback.js';
import { type Context, contextOf } from './context.js';
import { layoutFast } from './rules/fast.js';
import { layoutKubeProxy } from './rules/kube-proxy.js';

type Layout = (ports: readonly ServicePort[], context: Context, memo: Memo) => Table;

const LAYOUTS: ReadonlyMap<string, Layout> = new Map([
  ['kube-proxy', layoutKubeProxy],
  ['fast', layoutFast],
]);

/** The available layouts; the first is the default. */
export const LAYOUT_NAMES: readonly string[] = [...LAYOUTS.keys()];

/** The desired state that serves `resolved`; `layout` is one of LAYOUT_NAMES. */
export function lower(resolved: readonly Resolved[], options: Options, { layout, memo }: Lowering): DesiredState {
  const arrange = LAYOUTS.get(layout) ?? layoutKubeProxy;
  const relay = loopbackListeners(resolved);
  const tables = resolved.map((each) => arrange(each.ports, contextOf(each, options), memo));
  return { nft: { tables }, ...(relay.length > 0 && { relay }) };
}
