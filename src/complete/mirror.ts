/**
 * complete, part: Endpoints objects → EndpointSlices, as the endpoint-slice mirroring controller makes them for
 * Services without a selector, so that a snapshot of Services and hand-written Endpoints compiles.
 */
import type { Checked, Diagnostic } from '../diag.js';
import {
  type EndpointSlice,
  type EndpointSubset,
  type Endpoints,
  hasSelector,
  type IPFamily,
  keyOf,
  MANAGED_BY_LABEL,
  SERVICE_NAME_LABEL,
  type Service,
  serviceOf,
} from '../read/types.js';

const SKIP_LABEL = 'endpointslice.kubernetes.io/skip-mirror';
const LEADER_ANNOTATION = 'control-plane.alpha.kubernetes.io/leader';
const MIRRORING_CONTROLLER = 'endpointslicemirroring-controller.k8s.io';

/** The controller mirrors at most this many addresses of a subset. */
const MAX_ADDRESSES_PER_SUBSET = 1000;

/**
 * `slices`, and the mirrored slices of each Endpoints object that the controller would mirror: its Service exists and
 * has no selector, it does not opt out, and it holds no leader-election record. If the snapshot already has the
 * controller's own slices for the Service, only those count.
 */
export function withMirroredEndpoints(
  services: readonly Service[],
  endpoints: readonly Endpoints[],
  slices: readonly EndpointSlice[],
): Checked<readonly EndpointSlice[]> {
  const withoutSelector = new Set(services.filter((service) => !hasSelector(service)).map(keyOf));
  const mirrored = new Set(
    slices.filter((slice) => slice.metadata.labels[MANAGED_BY_LABEL] === MIRRORING_CONTROLLER).map(serviceOf),
  );
  const taken = endpoints.filter(
    (object) => withoutSelector.has(keyOf(object)) && !mirrored.has(keyOf(object)) && !optsOut(object),
  );
  return { value: [...slices, ...taken.flatMap(mirror)], diagnostics: taken.map(explanation) };
}

function explanation({ metadata, subsets, origin }: Endpoints): Diagnostic {
  const ready = subsets.flatMap(({ addresses }) => addresses).length;
  const total = ready + subsets.flatMap(({ notReadyAddresses }) => notReadyAddresses).length;
  const count = `${total} ${total === 1 ? 'endpoint' : 'endpoints'} (synthetic, ${ready} ready)`;
  const message = `${origin.object} gives Service ${keyOf({ metadata })} ${count}, as it has no selector`;
  return { code: 'synthetic-endpoints', severity: 'note', message, origin, synthetic: true };
}

function optsOut({ metadata }: Endpoints): boolean {
  return metadata.labels[SKIP_LABEL] === 'true' || metadata.annotations[LEADER_ANNOTATION] !== undefined;
}

function mirror(object: Endpoints): readonly EndpointSlice[] {
  const { name, labels } = object.metadata;
  const slices = object.subsets.flatMap((subset, i) =>
    (['IPv4', 'IPv6'] as const).map(
      (addressType): EndpointSlice => ({
        metadata: {
          ...object.metadata,
          name: `${name}-${i}-${addressType.toLowerCase()}`,
          labels: { ...labels, [SERVICE_NAME_LABEL]: name, [MANAGED_BY_LABEL]: MIRRORING_CONTROLLER },
        },
        addressType,
        endpoints: mirroredEndpoints(subset, addressType),
        ports: subset.ports,
        synthetic: 'Endpoints',
        origin: object.origin,
      }),
    ),
  );
  return slices.filter(({ endpoints }) => endpoints.length > 0);
}

/** The controller sets only the ready condition, neither serving nor terminating. */
function mirroredEndpoints(subset: EndpointSubset, addressType: IPFamily): EndpointSlice['endpoints'] {
  const listed = [
    ...subset.addresses.map((address) => ({ ...address, ready: true })),
    ...subset.notReadyAddresses.map((address) => ({ ...address, ready: false })),
  ];
  return listed
    .slice(0, MAX_ADDRESSES_PER_SUBSET)
    .filter(({ ip }) => ip.includes(':') === (addressType === 'IPv6'))
    .map(({ ip, nodeName, hostname, ready }) => ({
      addresses: [ip],
      conditions: { ready },
      ...(nodeName === undefined ? {} : { nodeName }),
      ...(hostname ? { hostname } : {}),
    }));
}
