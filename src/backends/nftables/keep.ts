/**
 * keep: how the ServicePorts of nftables mode depend on each other. Nothing is kept of them: the elements and chains of a
 * few are lowered like those of all.
 */
import type { Options } from '../../options.js';
import type { Kept, Lowering, Resolved } from '../backend.js';
import { lower, tiesOf } from './lower.js';

export function keep(_: readonly Resolved[], options: Options, how: Lowering): Kept {
  return { ...tiesOf(how.layout), replace: () => true, lower: (part) => lower(part, options, how) };
}
