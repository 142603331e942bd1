/**
 * by-design-whole: by-design differences in the whole result (served, untouched, rejected, dropped). Each is a condition on
 * the fates of both sides and on the rules that decided them.
 */
import { stepsOf } from '../packet/branch.js';
import type { PacketClass } from '../packet/packet.js';
import { type Fate, isSame } from './fate.js';
import type { Side } from './side.js';

/** A pair by mode: `rules` has the fates of the side without virtual servers, `servers` of the side with IPVS. */
export interface Modes {
  readonly packet: PacketClass;
  readonly rules: readonly Fate[];
  readonly servers: readonly Fate[];
  readonly byRules: Side;
  readonly byServers: Side;
}

type Whole = (modes: Modes) => boolean;

export const WHOLE: readonly (readonly [string, Whole])[] = [
  [
    'virtual-address',
    ({ packet, rules, servers, byRules, byServers }) =>
      byServers.isVirtual(packet.destination) &&
      !byRules.isLocal(packet.destination) &&
      rules.every(isUntouched) &&
      servers.every(isUntouched) &&
      isSame(
        rules.map((fate) => ({ ...fate, isLocal: true })),
        servers,
      ),
  ],
  [
    'closed-port',
    ({ packet, rules, servers, byServers }) =>
      byServers.isVirtual(packet.destination) &&
      rules.every(isUntouched) &&
      servers.every((fate) => fate.end === 'rejected' && has(fate, /^-A KUBE-IPVS-FILTER .*-j REJECT/)),
  ],
  [
    'invalid-packets',
    ({ packet, rules, servers }) =>
      packet.state === 'INVALID' &&
      rules.every((fate) => fate.end === 'dropped' && has(fate, /^-A KUBE-FORWARD .*--ctstate INVALID -j DROP$/)) &&
      servers.every(isUntouched),
  ],
  [
    'localhost-node-ports',
    ({ packet, rules, servers }) =>
      isLoopback(packet.destination) &&
      servers.every(isUntouched) &&
      (rules.every((fate) => isServed(fate) || fate.end === 'rejected' || isWithoutLocal(fate)) ||
        // KUBE-NODE-PORT marks by port alone, loopback addresses too (sets of type bitmap:port).
        (rules.every(isUntouched) && servers.every((fate) => has(fate, /^-A KUBE-NODE-PORT .*-j KUBE-MARK-MASQ$/)))),
  ],
  [
    'localnet-guard',
    ({ packet, rules, servers }) =>
      isLoopback(packet.destination) &&
      rules.every((fate) => fate.end === 'dropped' && has(fate, /^-A KUBE-FIREWALL .*-j DROP$/)) &&
      servers.every(isUntouched),
  ],
  [
    'hairpin-direct',
    ({ packet, rules, servers }) =>
      packet.source.text === packet.destination.text &&
      rules.every((fate) => isUntouched(fate) && fate.source === undefined) &&
      servers.every((fate) => isUntouched(fate) && has(fate, / KUBE-(?:6-)?LOOP-BACK dst,dst,src -j MASQUERADE/)),
  ],
  [
    'source-ranges-any-state',
    ({ packet, rules, servers }) =>
      packet.state !== undefined &&
      rules.every(isUntouched) &&
      servers.every((fate) => fate.end === 'dropped' && has(fate, /^-A KUBE-SOURCE-RANGES-FIREWALL .*-j DROP$/)),
  ],
  [
    'source-ranges-from-node',
    ({ packet, rules, servers }) =>
      packet.inInterface === undefined &&
      rules.every(
        (fate) => fate.end === 'dropped' && (has(fate, /^-A KUBE-PROXY-FIREWALL .*-j DROP$/) || isFirewall(fate)),
      ) &&
      servers.every(isServed),
  ],
  [
    'source-ranges-first',
    ({ rules, servers }) =>
      rules.every((fate) => fate.end === 'rejected' && has(fate, / --comment "\S+ has no endpoints" .*-j REJECT/)) &&
      servers.every((fate) => fate.end === 'dropped' && has(fate, /^-A KUBE-SOURCE-RANGES-FIREWALL .*-j DROP$/)),
  ],
  [
    'no-endpoints-from-node',
    ({ packet, rules, servers, byServers }) =>
      packet.inInterface === undefined &&
      rules.every(isUntouched) &&
      servers.every(({ end }) => end === 'rejected') &&
      byServers.isEmptyServer(packet),
  ],
  [
    'local-fallback',
    ({ rules, servers }) =>
      rules.every(isWithoutLocal) && servers.every((fate) => isServed(fate) || fate.end === 'rejected'),
  ],
];

/** Whether rules drop the packet because the Service has no endpoint on this node. */
export function isWithoutLocal(fate: Fate): boolean {
  if (fate.end !== 'dropped') return false;
  if (has(fate, / --comment "\S+ has no local endpoints" .*-j DROP$|^.* vmap @no-endpoint-\S+ {3}# .* : drop \}$/))
    return true;
  // KUBE-FW-… admits the source, but no endpoint translates the packet: KUBE-PROXY-FIREWALL drops it.
  return has(fate, /^-A KUBE-FW-\S+ .*-j KUBE-EXT-/) && has(fate, /^-A KUBE-PROXY-FIREWALL .*-j DROP$/);
}

/** Whether a source range of nftables mode stopped the packet. */
export function isFirewall({ outcome }: Fate): boolean {
  return /^firewall[-/]/.test(stepsOf(outcome).at(-1)?.chain ?? '');
}

export function isLoopback({ family, text, bytes }: PacketClass['source']): boolean {
  return family === 'ipv4' ? bytes[0] === 127 : text === '::1';
}

export function isServed({ end }: Fate): boolean {
  return end === 'served';
}

export function isUntouched({ end }: Fate): boolean {
  return end === 'untouched';
}

export function has({ outcome }: Fate, rule: RegExp): boolean {
  return stepsOf(outcome).some(({ text }) => rule.test(text));
}
