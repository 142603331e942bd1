/**
 * by-design-nft: the intended differences of nftables mode from the other modes. Each is a condition on the fates of both
 * sides and on the rules that decided them (Kubernetes: "Migrating from iptables mode to nftables").
 */
import { stepsOf } from '../packet/branch.js';
import type { PacketClass } from '../packet/packet.js';
import { has, isFirewall, isLoopback, isServed, isUntouched, isWithoutLocal } from './by-design-whole.js';
import type { Fate } from './fate.js';
import type { Side } from './side.js';

/** A pair of which one side is nftables mode. */
export interface WithTables {
  readonly packet: PacketClass;
  readonly others: readonly Fate[];
  readonly tables: readonly Fate[];
  readonly byOthers: Side;
}

export const WITH_TABLES: readonly (readonly [string, (pair: WithTables) => boolean])[] = [
  [
    'node-port-addresses',
    ({ packet, others, tables, byOthers }) =>
      byOthers.isLocal(packet.destination) &&
      !isLoopback(packet.destination) &&
      tables.every(isUntouched) &&
      others.every((fate) => isServed(fate) || fate.end === 'rejected' || isWithoutLocal(fate)),
  ],
  [
    'localhost-node-ports',
    ({ packet, others, tables }) =>
      isLoopback(packet.destination) &&
      tables.every(isUntouched) &&
      others.every((fate) => isServed(fate) || fate.end === 'rejected' || isWithoutLocal(fate)),
  ],
  ['node-port-mark', ({ others, tables }) => others.every(isMarked) && tables.every(isUntouched)],
  [
    'closed-port',
    ({ others, tables }) =>
      others.every(isUntouched) && tables.every((fate) => fate.end === 'rejected' && isCheck(fate)),
  ],
  [
    'unallocated-cluster-ip',
    ({ others, tables }) =>
      others.every(isUntouched) && tables.every((fate) => fate.end === 'dropped' && isCheck(fate)),
  ],
  [
    'invalid-packets',
    ({ packet, others, tables }) =>
      packet.state === 'INVALID' &&
      others.every((fate) => fate.end === 'dropped' && has(fate, /^-A KUBE-FORWARD .*--ctstate INVALID -j DROP$/)) &&
      tables.every(isUntouched),
  ],
  [
    'localnet-guard',
    ({ packet, others, tables }) =>
      isLoopback(packet.destination) &&
      others.every((fate) => fate.end === 'dropped' && has(fate, /^-A KUBE-FIREWALL .*-j DROP$/)) &&
      tables.every(isUntouched),
  ],
  [
    'source-ranges-first',
    ({ packet, others, tables }) =>
      others.every((fate) =>
        // Rules of iptables mode refuse nothing that the node itself sends to an external address.
        packet.inInterface === undefined && isUntouched(fate) ? true : fate.end === 'rejected',
      ) && tables.every((fate) => fate.end === 'dropped' && isFirewall(fate)),
  ],
  [
    'no-endpoints-from-node',
    ({ packet, others, tables }) =>
      packet.inInterface === undefined &&
      others.every(isUntouched) &&
      tables.every((fate) => fate.end === 'rejected' || fate.end === 'dropped') &&
      tables.every((fate) => isWithoutEndpoints(fate)),
  ],
  [
    'host-firewall',
    ({ others, tables }) =>
      others.every((fate) => isUntouched(fate) || isServed(fate)) &&
      others.every((fate) => has(fate, /^-A KUBE-\S+ .*-j ACCEPT$/)) &&
      tables.every((fate) => (fate.end === 'dropped' || fate.end === 'rejected') && isForeign(fate)),
  ],
];

/** ipvs mode masquerades by the port alone, on addresses too where it does not serve it. */
function isMarked(fate: Fate): boolean {
  return isUntouched(fate) && has(fate, /^-A KUBE-NODE-PORT .*-j KUBE-MARK-MASQ$/);
}

function lastOf({ outcome }: Fate) {
  return stepsOf(outcome).at(-1);
}

/** The chain that answers packets to addresses and ports of cluster IPs that no Service has. */
function isCheck(fate: Fate): boolean {
  return lastOf(fate)?.chain === 'cluster-ips-check';
}

function isWithoutEndpoints(fate: Fate): boolean {
  return stepsOf(fate.outcome).some(({ chain }) => /^(?:service|nodeport)-endpoints-check$/.test(chain));
}

/** Whether a rule of another program decided. */
function isForeign(fate: Fate): boolean {
  const { table = '', chain = '' } = lastOf(fate) ?? {};
  return !/^ip6? kube-proxy$/.test(table) && !chain.startsWith('KUBE-');
}
