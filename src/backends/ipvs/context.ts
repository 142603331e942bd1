/**
 * lower, part: what every lowering function of this mode may look at.
 */
import type { Options } from '../../options.js';
import type { Frontend, NodeContext } from '../../resolve/types.js';
import type { Features } from '../features.js';

export interface Context {
  readonly node: NodeContext;
  readonly options: Options;
  readonly features: Features;
  /** Where node ports are served. IPVS sees no packet that stays on loopback, so never there. */
  readonly nodePortAddresses: readonly string[];
}

/** The context of a node. */
export function contextOf(node: NodeContext, options: Options, features: Features): Context {
  const { nodePorts, addresses } = node;
  const nodePortAddresses = nodePorts.on === 'local-addresses' ? addresses : nodePorts.addresses.filter(isOnWire);
  return { node, options, features, nodePortAddresses };
}

function isOnWire(address: string): boolean {
  return !address.startsWith('127.') && address !== '::1';
}

/** The dummy device that holds the virtual IPs, so that their packets count as local and pass INPUT, where IPVS is. */
export const DEVICE = 'kube-ipvs0';

/**
 * The frontend's address if that belongs on the dummy device. One that an interface has stays there only, and a node
 * port has none of its own.
 */
export function boundAddress({ kind, ip }: Frontend, { node }: Context): string | undefined {
  return kind === 'ClusterIP' || !node.addresses.includes(ip ?? '') ? ip : undefined;
}
