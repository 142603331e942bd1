/**
 * Clusters that export one Service each, and what they import together.
 */

import type { Cluster } from '../../clusters/clusters.js';
import { clustersetServices } from '../../clusters/mcs.js';
import { type SmallExport, smallClusterOf } from './clusterset.js';

/** Clusters called a, b, … with one of `exports` each. */
export function clusters(...exports: readonly SmallExport[]): readonly [Cluster, ...Cluster[]] {
  const [first, ...rest] = exports.map((each, i) => smallClusterOf(String.fromCharCode(97 + i), [each]));
  if (!first) throw new Error('no cluster');
  return [first, ...rest];
}

export function merged(...exports: readonly SmallExport[]) {
  const all = clusters(...exports);
  const { value, diagnostics } = clustersetServices(all, all[0]);
  return { service: value[0], diagnostics: diagnostics.filter(({ severity }) => severity !== 'note') };
}

export const web = (some: Partial<SmallExport>): SmallExport => ({ name: 'web', ...some });
