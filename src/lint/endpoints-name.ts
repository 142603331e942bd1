/**
 * lint: hand-written endpoints whose Service does not exist. An Endpoints object belongs to the Service of the same
 * name, an EndpointSlice to the Service in its label; after a typo the Service has no endpoints, without any error.
 */
import type { Diagnostic, Key, Origin } from '../diag.js';
import { suggester } from '../near.js';
import { namesByNamespace, sorted } from '../order.js';
import {
  CLUSTERSET_SERVICE_LABEL,
  type EndpointSlice,
  type Endpoints,
  hasSelector,
  keyOf,
  MANAGED_BY_LABEL,
  SERVICE_NAME_LABEL,
  type Service,
  type Snapshot,
  serviceOf,
} from '../read/types.js';

/**
 * Warnings: `endpoints-name-mismatch`, for Endpoints and slices without a Service when a Service without endpoints has
 * a similar name. Notes: `endpoints-overwritten`, for Endpoints of a Service with a selector.
 */
export function checkEndpointsNames({ services, endpoints, slices }: Snapshot): readonly Diagnostic[] {
  const known = new Map(services.map((service) => [keyOf(service), service]));
  const inInput = slices.filter(({ synthetic }) => synthetic === undefined);
  const dumped = new Set(inInput.map(serviceOf));
  const nearly = nearlyNamed(services, slices);
  return [
    ...sorted(endpoints).flatMap((object) => {
      const { metadata, origin } = object;
      const service = known.get(keyOf(object));
      if (!service)
        return mismatch(origin, ['metadata', 'name'], metadata.name, nearly(metadata.namespace, metadata.name));
      const stays = !hasSelector(service) || dumped.has(keyOf(object)) || isByController(object);
      return stays ? [] : [overwritten(object, service)];
    }),
    ...sorted(inInput.filter(isByHand)).flatMap(({ metadata: { namespace, labels }, origin }) => {
      // Reading reports a slice without the label (slice-without-service).
      const name = labels[SERVICE_NAME_LABEL];
      if (!name || known.has(`${namespace}/${name}`)) return [];
      return mismatch(origin, ['metadata', 'labels', SERVICE_NAME_LABEL], name, nearly(namespace, name));
    }),
  ];
}

/** Finds a Service of the namespace that needs hand-written endpoints, has none, and has a similar name. */
function nearlyNamed(
  services: readonly Service[],
  slices: readonly EndpointSlice[],
): (namespace: string, name: string) => Service | undefined {
  const served = new Set(slices.filter(({ endpoints }) => endpoints.length > 0).map(serviceOf));
  const waiting = services.filter((service) => waits(service) && !served.has(keyOf(service)));
  const byKey = new Map(waiting.map((service) => [keyOf(service), service]));
  const names = namesByNamespace(waiting);
  const suggest = suggester();
  return (namespace, name) => byKey.get(`${namespace}/${suggest(name, names.get(namespace) ?? [])}`);
}

/** Whether a Service needs hand-written endpoints. */
function waits(service: Service): boolean {
  return !hasSelector(service) && service.spec.type !== 'ExternalName';
}

const CONTROLLERS = ['endpointslice-controller.k8s.io', 'endpointslicemirroring-controller.k8s.io'];

function isByHand({ metadata: { labels } }: EndpointSlice): boolean {
  return labels[CLUSTERSET_SERVICE_LABEL] === undefined && !CONTROLLERS.includes(labels[MANAGED_BY_LABEL] ?? '');
}

/** The endpoints controller sets the label since Kubernetes 1.33; before, it set the annotation on most objects. */
function isByController({ metadata: { labels, annotations } }: Endpoints): boolean {
  return (
    labels['endpoints.kubernetes.io/managed-by'] !== undefined ||
    annotations['endpoints.kubernetes.io/last-change-trigger-time'] !== undefined
  );
}

function mismatch(
  origin: Origin,
  path: readonly Key[],
  name: string,
  service: Service | undefined,
): readonly Diagnostic[] {
  if (!service) return [];
  return [
    {
      code: 'endpoints-name-mismatch',
      severity: 'warning',
      message: `${origin.object} is for a Service ${name}, which is not there`,
      origin: { ...origin, path },
      related: { message: `${service.origin.object} has no endpoints`, origin: nameOf(service.origin) },
      hint: `is it for ${service.metadata.name}? The names must match exactly`,
    },
  ];
}

function overwritten({ origin }: Endpoints, service: Service): Diagnostic {
  return {
    code: 'endpoints-overwritten',
    severity: 'note',
    message: `${origin.object} is overwritten by a controller: its Service has a selector`,
    origin,
    related: { message: 'the selector', origin: { ...service.origin, path: ['spec', 'selector'] } },
    hint: 'a Service with endpoints written by hand needs to be without a selector',
  };
}

function nameOf(origin: Origin): Origin {
  return { ...origin, path: ['metadata', 'name'] };
}
