/**
 * views: all diagnostics of a cluster → those about one Service: at the Service, or with it as the related place.
 */
import type { Diagnostic } from '../diag.js';
import { groupedBy } from '../order.js';
import type { Service } from '../read/types.js';

/**
 * The problems of each Service, without notes on synthetic values, which are marked in the description, and without
 * policies, which have a table.
 */
export function problemsByService(said: readonly Diagnostic[]): (service: Service) => readonly Diagnostic[] {
  const problems = said.filter(({ synthetic, code }) => !synthetic && code !== 'network-policy');
  const byObject = groupedBy(problems, ({ origin }) => origin?.object);
  const byOther = groupedBy(problems, ({ related }) => related?.origin.object);
  return ({ origin }) => [
    ...new Set([...(byObject.get(origin.object ?? '') ?? []), ...(byOther.get(origin.object ?? '') ?? [])]),
  ];
}
