/**
 * lint: endpoints that two slices of a Service list in different states. In: the snapshot. Out: warnings that name both
 * slices. kube-proxy uses the first slice by name; for an endpoint on its own node, the last (EndpointSliceCache).
 */
import type { Diagnostic } from '../diag.js';
import { joinHostPort } from '../ip.js';
import { groupedBy, sorted } from '../order.js';
import {
  type Conditions,
  type EndpointSlice,
  keyOf,
  type Service,
  type SliceEndpoint,
  type Snapshot,
  serviceOf,
} from '../read/types.js';

/** Warning `endpoint-in-two-slices`, at most one for each Service. */
export function checkRepeated({ services, slices }: Snapshot): readonly Diagnostic[] {
  const several = new Map([...groupedBy(slices, serviceOf)].filter(([, its]) => its.length > 1));
  if (several.size === 0) return [];
  return sorted(services.filter((service) => several.has(keyOf(service)))).flatMap((service) => {
    const found = repeatedIn(sorted(several.get(keyOf(service)) ?? []));
    return found[0] ? [warning(service, found[0], found.length - 1)] : [];
  });
}

/** An endpoint and its index in a slice. */
interface Listed {
  readonly slice: EndpointSlice;
  readonly endpoint: SliceEndpoint;
  readonly index: number;
}

interface Repeated {
  readonly first: Listed;
  readonly later: Listed;
  readonly port: number;
}

/** Compares endpoints by address and port, because two slices may list one address with different ports. */
function repeatedIn(slices: readonly EndpointSlice[]): readonly Repeated[] {
  const known = new Map<string, Listed>();
  const found: Repeated[] = [];
  for (const slice of slices) {
    for (const [index, endpoint] of slice.endpoints.entries()) {
      const port = slice.ports.find(({ name, protocol, port = 0 }) => {
        const key = `${slice.addressType} ${endpoint.addresses[0]} ${protocol} ${port} ${name}`;
        const first = known.get(key);
        if (!first) known.set(key, { slice, endpoint, index });
        return first && stateOf(first.endpoint.conditions) !== stateOf(endpoint.conditions);
      });
      if (!port) continue;
      const { port: number = 0, name, protocol } = port;
      const first = known.get(`${slice.addressType} ${endpoint.addresses[0]} ${protocol} ${number} ${name}`);
      if (first) found.push({ first, later: { slice, endpoint, index }, port: number });
    }
  }
  return found;
}

/** Unset conditions mean ready, serving and not terminating (KEP-752). */
function stateOf({ ready = true, serving = true, terminating = false }: Conditions): string {
  if (ready) return 'ready';
  if (!terminating) return 'not ready';
  return serving ? 'terminating and serving' : 'terminating';
}

function warning({ origin }: Service, { first, later, port }: Repeated, more: number): Diagnostic {
  const [state, other] = [first, later].map(({ endpoint }) => stateOf(endpoint.conditions));
  const others = more === 0 ? '' : ` (and ${more} more endpoints like it)`;
  const { nodeName } = later.endpoint;
  const here = nodeName ? `, but on node ${nodeName} the other` : '';
  return {
    code: 'endpoint-in-two-slices',
    severity: 'warning',
    message: `endpoint ${joinHostPort(first.endpoint.addresses[0] ?? '', port)} is ${state} in ${first.slice.origin.object} and ${other} in ${later.slice.origin.object}${others}`,
    origin,
    related: {
      message: `${later.slice.origin.object} has it here`,
      origin: { ...later.slice.origin, path: ['endpoints', later.index] },
    },
    hint: `the first slice by name counts${here}`,
  };
}
