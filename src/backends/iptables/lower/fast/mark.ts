/**
 * lower, layout `fast`, part: the mark for masquerading, which is set before the tree and cleared behind it.
 */
import { is, jumpTo, type Match, not, type Rule, rule } from '../../../../tools/iptables/types.js';
import { markMasquerade, masqueradeMarked } from '../../../shared/masquerade.js';
import { fromPods } from '../../../shared/pods.js';
import { FAST_CHAIN } from '../../names.js';
import type { Placed } from './dispatch.js';
import type { FastContext } from './service-port.js';

/** The chain that all packets enter. */
export function entrance(context: FastContext): readonly Rule[] {
  const { masqueradeMark: mark } = context;
  return [
    // A mark of another program is not ours to clear.
    rule({}, [marked(mark)], { kind: 'goto', chain: FAST_CHAIN.services }),
    ...marking(context, 'ip'),
    rule({}, [], jumpTo(FAST_CHAIN.services)),
    clearMark(mark),
  ];
}

/** Marks packets that are masqueraded on their way to a cluster IP, or to a port of a node, as all of these are. */
export function marking(context: FastContext, at: Placed['at']): readonly Rule[] {
  const {
    masquerade,
    masqueradeMark: mark,
    node: { podTraffic },
  } = context;
  if (at !== 'ip') return [markMasquerade(mark)];
  if (masquerade === 'never') return [];
  const from = masquerade === 'off-cluster' && podTraffic ? fromPods(podTraffic, not) : {};
  return [{ ...markMasquerade(mark), header: from }];
}

/** Takes the mark away. */
export function clearMark(mark: number): Rule {
  return rule({}, [], { kind: 'mark', value: 0, mask: mark });
}

/** Masquerades what is marked; a connection that is not may be one of an endpoint to itself. */
export function postrouting({ masqueradeMark: mark, features }: FastContext): readonly Rule[] {
  const [unmarked, ...others] = masqueradeMarked(mark, features);
  return [
    ...(unmarked ? [{ ...unmarked, target: { kind: 'goto' as const, chain: FAST_CHAIN.hairpin } }] : []),
    ...others,
  ];
}

function marked(mark: number): Match {
  return { kind: 'mark', mark: is({ value: mark, mask: mark }) };
}
