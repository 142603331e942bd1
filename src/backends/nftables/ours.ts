/**
 * What nftables mode has on a node: two tables, one for each family, with everything in them.
 */
import type { ModeOurs } from '../backend.js';
import { TABLE } from './names.js';

export const nftablesOurs: ModeOurs = {
  isTable: ({ family, name }) => name === TABLE && (family === 'ip' || family === 'ip6'),
};

/** Addresses and ports from which a map led to endpoints until now. */
export function formerly(): readonly string[] {
  return [];
}
