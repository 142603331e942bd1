/**
 * views: what is wrong about one Service, of all that was said of a cluster: of it, or with it as the other place.
 */
import type { Diagnostic } from '../diag.js';
import { groupedBy } from '../order.js';
import type { Service } from '../read/types.js';

/** The problems of each Service. What is made up is none, and is marked where it is shown; policies have a table. */
export function problemsByService(said: readonly Diagnostic[]): (service: Service) => readonly Diagnostic[] {
  const problems = said.filter(({ synthetic, code }) => !synthetic && code !== 'network-policy');
  const byObject = groupedBy(problems, ({ origin }) => origin?.object);
  const byOther = groupedBy(problems, ({ related }) => related?.origin.object);
  return ({ origin }) => [
    ...new Set([...(byObject.get(origin.object ?? '') ?? []), ...(byOther.get(origin.object ?? '') ?? [])]),
  ];
}
