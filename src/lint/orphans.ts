/**
 * lint, part: EndpointSlices and Endpoints whose Service is not in the input. Those with a Service of a similar name
 * are left to endpoints-name-mismatch.
 */
import type { Diagnostic, Key } from '../diag.js';
import { sorted } from '../order.js';
import { keyOf, SERVICE_NAME_LABEL, type Snapshot, serviceOf } from '../read/types.js';
import { checkEndpointsNames } from './endpoints-name.js';

/** `orphan-slice` and `orphan-endpoints`: warnings when the input has Services of the namespace, else notes. */
export function checkOrphans(snapshot: Snapshot): readonly Diagnostic[] {
  const { services, slices, endpoints } = snapshot;
  if (services.length === 0) return [];
  const known = new Set(services.map(keyOf));
  const written = slices.filter(({ synthetic }) => synthetic === undefined);
  const orphans = [
    ...sorted(written.filter((slice) => isUnknown(serviceOf(slice), known))).map((slice) => {
      const path: readonly Key[] = ['metadata', 'labels', SERVICE_NAME_LABEL];
      return { code: 'orphan-slice', object: slice, path, name: slice.metadata.labels[SERVICE_NAME_LABEL] };
    }),
    // Endpoints without subsets may be old leader election locks (client-go, EndpointsLock).
    ...sorted(endpoints.filter((each) => each.subsets.length > 0 && isUnknown(keyOf(each), known))).map((object) => {
      return { code: 'orphan-endpoints', object, path: ['metadata', 'name'], name: object.metadata.name };
    }),
  ];
  if (orphans.length === 0) return [];
  const misnamed = new Set(checkEndpointsNames(snapshot).map(({ origin }) => origin?.object));
  const namespaces = new Set(services.map(({ metadata }) => metadata.namespace));
  return orphans
    .filter(({ object }) => !misnamed.has(object.origin.object))
    .map(
      ({ code, object: { metadata, origin }, path, name }): Diagnostic => ({
        code,
        severity: namespaces.has(metadata.namespace) ? 'warning' : 'note',
        message: `${origin.object} is for a Service ${name}, which is not there: it has no rules`,
        origin: { ...origin, path },
        hint: 'add the Service, or delete what is left of it',
      }),
    );
}

function isUnknown(key: string | undefined, known: ReadonlySet<string>): boolean {
  return key !== undefined && !known.has(key);
}
