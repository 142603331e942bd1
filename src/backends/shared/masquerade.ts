/**
 * lower, shared by the proxy modes that use iptables: marks packets for masquerading, masquerades them, and accepts
 * them. A mark is needed because the decision is made in PREROUTING and masquerading is done in POSTROUTING.
 */
import { ACCEPT, comment, is, type Match, not, RETURN, type Rule, rule, states } from '../../tools/iptables/types.js';
import type { Features } from '../features.js';

/** The chain that sets the mark; both modes use this name. */
export const MARK_MASQUERADE = 'KUBE-MARK-MASQ';

/** The rule that sets the bit `mark`. */
export function markMasquerade(mark: number): Rule {
  return rule({}, [], { kind: 'mark', value: mark, mask: mark });
}

/**
 * Masquerades marked packets. The mark is cleared first, for packets that pass POSTROUTING twice, as through a tunnel.
 */
export function masqueradeMarked(mark: number, { randomFully }: Features): readonly Rule[] {
  return [
    rule({}, [{ kind: 'mark', mark: not({ value: mark, mask: mark }) }], RETURN),
    rule({}, [], { kind: 'mark', value: mark, mask: 0 }),
    rule({}, [comment('kubernetes service traffic requiring SNAT')], { kind: 'masquerade', randomFully }),
  ];
}

/** Accepts marked packets and those related to accepted connections, whatever the FORWARD policy. */
export function forwardMarked(mark: number): readonly Rule[] {
  const marked: Match = { kind: 'mark', mark: is({ value: mark, mask: mark }) };
  return [
    rule({}, [comment('kubernetes forwarding rules'), marked], ACCEPT),
    rule({}, [comment('kubernetes forwarding conntrack rule'), states('RELATED', 'ESTABLISHED')], ACCEPT),
  ];
}
