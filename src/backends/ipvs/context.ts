/**
 * lower, part: the input that all lowering functions of this mode share.
 */
import type { Options } from '../../options.js';
import type { Frontend, NodeContext } from '../../resolve/types.js';
import type { Features } from '../features.js';

export interface Context {
  readonly node: NodeContext;
  readonly options: Options;
  readonly features: Features;
  /** Where node ports are served. Never on loopback, because IPVS does not see packets that stay there. */
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

/**
 * The dummy device that holds the virtual IPs. It makes their packets local, so that they pass INPUT, where IPVS hooks
 * in.
 */
export const DEVICE = 'kube-ipvs0';

/**
 * The frontend's address, if it belongs on the dummy device. An address that another interface has stays there only,
 * and a node port has no address of its own.
 */
export function boundAddress({ kind, ip }: Frontend, { node }: Context): string | undefined {
  return kind === 'ClusterIP' || !node.addresses.includes(ip ?? '') ? ip : undefined;
}
