/**
 * What kube-proxy leaves on a node in nftables mode: two tables, one for each family, with everything in them.
 */
import type { ModeOurs } from '../backend.js';

export const nftablesOurs: ModeOurs = {
  isTable: ({ family, name }) => name === 'kube-proxy' && (family === 'ip' || family === 'ip6'),
};
