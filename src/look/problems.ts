/**
 * look: what is wrong about one Service: all that lint says, of it or with it as the other place.
 */
import type { Diagnostic } from '../diag.js';
import { checkEndpointsNames } from '../lint/endpoints-name.js';
import { checkIngresses } from '../lint/ingress.js';
import { groupedBy } from '../lint/order.js';
import { checkSelectors } from '../lint/selector.js';
import type { Service, Snapshot } from '../read/types.js';

const CHECKS = [checkIngresses, checkEndpointsNames, checkSelectors];

/** Looks at the whole cluster once; gives the problems of each Service. */
export function lookAt(snapshot: Snapshot): (service: Service) => readonly Diagnostic[] {
  const all = CHECKS.flatMap((check) => check(snapshot));
  const byObject = groupedBy(all, ({ origin }) => origin?.object);
  const byOther = groupedBy(all, ({ related }) => related?.origin.object);
  return ({ origin }) => [
    ...new Set([...(byObject.get(origin.object ?? '') ?? []), ...(byOther.get(origin.object ?? '') ?? [])]),
  ];
}
