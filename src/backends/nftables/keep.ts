/**
 * keep: how the ServicePorts of nftables mode depend on each other. Nothing is kept of them: the elements and chains of a
 * few are lowered like those of all. Chains that depend on no Service are kept, so that changes need not compare them.
 */
import type { Family } from '../../ip.js';
import type { Options } from '../../options.js';
import type { Kept, Lowering, Resolved } from '../backend.js';
import { type Context, contextOf } from './context.js';
import { lowerIn, tiesOf } from './lower.js';

export function keep(all: readonly Resolved[], options: Options, how: Lowering): Kept {
  const contexts = new Map(all.map((each): [Family, Context] => [each.node.family, contextOf(each, options)]));
  const contextFor = (each: Resolved) => contexts.get(each.node.family) ?? contextOf(each, options);
  return { ...tiesOf(how.layout), replace: () => true, lower: (part) => lowerIn(contextFor, part, how) };
}
