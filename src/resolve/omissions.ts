/**
 * resolve, part: objects without rules. In: the snapshot, and the number of its ServicePorts. Out: warnings for
 * Services without a cluster IP, and for input without any rules; notes on slices whose Service is missing.
 */
import type { Diagnostic } from '../diag.js';
import type { Options } from '../options.js';
import { type EndpointSlice, isHeadless, keyOf, type Service, type Snapshot, serviceOf } from '../read/types.js';
import { isOurs } from './resolve.js';

/** What to suggest for missing cluster IPs: --simulate, `vipc allocate`, or nothing because it was given already. */
export type Remedy = 'simulate' | 'allocate' | 'none';

const HINTS: Readonly<Record<Remedy, string | undefined>> = {
  simulate: 'an API server allocates one; so does --simulate, and vipc allocate writes it into the manifest',
  allocate: 'an API server allocates one; so does vipc allocate, which writes it into the manifest',
  none: undefined,
};

/**
 * Warnings `no-service-port`, `no-cluster-ip`, `external-ips-off`; notes `orphan-slice`. `ports` is the number of
 * ServicePorts.
 */
export function omissions(
  snapshot: Snapshot,
  ports: number,
  options: Pick<Options, 'externalIPs'>,
  remedy: Remedy = 'simulate',
): readonly Diagnostic[] {
  const { services, slices } = snapshot;
  const names = new Set(services.map(keyOf));
  const orphans = slices.filter((slice) => {
    const service = serviceOf(slice);
    return service !== undefined && !names.has(service);
  });
  return [
    ...(ports === 0 && services.length > 0 ? [noServicePort(services, remedy)] : []),
    ...services.flatMap((service) => serviceOmissions(service, options, remedy)),
    ...orphans.map(orphan),
  ];
}

/** Those of one Service. */
export function serviceOmissions(
  service: Service,
  { externalIPs }: Pick<Options, 'externalIPs'>,
  remedy: Remedy,
): readonly Diagnostic[] {
  return [
    ...(lacksAddress(service) ? [noClusterIP(service, remedy)] : []),
    ...(!externalIPs && hasExternalIPs(service) ? [notServed(service)] : []),
  ];
}

function noClusterIP({ origin }: Service, remedy: Remedy): Diagnostic {
  const hint = HINTS[remedy];
  const message = `${origin.object} has no cluster IP, so it has no rules`;
  return { code: 'no-cluster-ip', severity: 'warning', message, origin, ...(hint !== undefined && { hint }) };
}

/** A note on a slice whose Service is missing. */
export function orphan({ origin }: EndpointSlice): Diagnostic {
  const message = `${origin.object} is left out: its Service is not in the snapshot`;
  return { code: 'orphan-slice', severity: 'note', message, origin };
}

function hasExternalIPs(service: Service): boolean {
  return isOurs(service) && service.spec.externalIPs.length > 0 && service.spec.type !== 'ExternalName';
}

function notServed({ spec, origin }: Service): Diagnostic {
  const ips = spec.externalIPs;
  return {
    code: 'external-ips-off',
    severity: 'warning',
    message: `${origin.object} has external IPs, which are not served: ${ips.slice(0, 5).join(', ')}${ips.length > 5 ? ', …' : ''}`,
    origin: { ...origin, path: ['spec', 'externalIPs'] },
    hint: 'the feature gate AllowServiceExternalIPs is off (KEP-5707); a Service of type LoadBalancer has such addresses, too',
  };
}

function lacksAddress({ spec }: Service): boolean {
  return spec.clusterIPs.length === 0 && spec.type !== 'ExternalName';
}

/** Reported because empty rules never change, so a check of them would never fail. */
export function noServicePort(services: readonly Service[], remedy: Remedy): Diagnostic {
  const counts = new Map<string, number>();
  for (const service of services) counts.set(why(service), (counts.get(why(service)) ?? 0) + 1);
  const reasons = [...counts].map(([reason, n]) => `${n} ${reason}`).join(', ');
  const of = services.length === 1 ? 'the only Service' : `the ${services.length} Services`;
  const message = `no rules at all: no ServicePort comes of ${of} in the input (${reasons})`;
  const lacking = services.some(lacksAddress);
  const hint = {
    simulate: 'for manifests that no cluster has seen use --simulate; for a dump take kubectl get services -A -o yaml',
    allocate: 'take the Services from the cluster: kubectl get services -A -o yaml',
    none: undefined,
  }[remedy];
  const code = 'no-service-port';
  // Only a note when all Services have no virtual IP by design.
  const meant = services.every((service) => MEANT.includes(why(service)));
  return { code, severity: meant ? 'note' : 'warning', message, ...(lacking && hint !== undefined && { hint }) };
}

const MEANT = ['headless', 'ExternalName', 'of another proxy'];

function why(service: Service): string {
  const { type, clusterIPs, ports } = service.spec;
  if (type === 'ExternalName') return 'ExternalName';
  if (isHeadless(service)) return 'headless';
  if (!isOurs(service)) return 'of another proxy';
  if (clusterIPs.length === 0) return 'without a cluster IP';
  return ports.length === 0 ? 'without ports' : 'without an address of the node’s families';
}
