/**
 * clusters, part: Services of the clusterset → their shadows: Services and EndpointSlices of one cluster that
 * kube-proxy programs, like the "derived" Services of mcs-api's controllers. In: ClustersetService. Out: Snapshot.
 *
 * A shadow is called `web--clusterset`. If a Service has that name, or it is too long for a DNS label, a hash comes
 * before the ending. A shadow must not have the name of a real Service: they would share chains.
 */
import { stableHash } from '../complete/assign.js';
import type { Checked, Diagnostic } from '../diag.js';
import {
  CLUSTERSET_SERVICE_LABEL,
  type EndpointSlice,
  ipFamilyOf,
  SERVICE_NAME_LABEL,
  type Service,
  type Snapshot,
} from '../read/types.js';
import type { ClustersetService } from './imports.js';

const ENDING = '--clusterset';

/** The length of a DNS label. */
const MAX_LENGTH = 63;

/** `snapshot` with a shadow for each of `services` that has an address; its own Services are unchanged. */
export function withShadows(snapshot: Snapshot, services: readonly ClustersetService[]): Checked<Snapshot> {
  const names = new Set(snapshot.services.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`));
  const holders = addressHolders(snapshot);
  const shadows: Service[] = [];
  const slices: EndpointSlice[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const service of services) {
    if (service.type === 'Headless') continue;
    const problem = unfit(service, holders);
    if (problem) diagnostics.push(problem);
    if (problem || service.derived !== undefined) continue;
    const name = shadowName(service, names);
    names.add(`${service.namespace}/${name}`);
    for (const ip of service.ips) holders.set(ip, service.origin);
    shadows.push(shadow(service, name));
    slices.push(...service.slices.map((slice) => bound(slice, name)));
  }
  if (shadows.length === 0) return { value: snapshot, diagnostics };
  const value = {
    ...snapshot,
    services: [...snapshot.services, ...shadows],
    slices: [...snapshot.slices, ...slices],
  };
  return { value, diagnostics };
}

function addressHolders({ services }: Snapshot): Map<string, Service['origin']> {
  return new Map(
    services.flatMap(({ spec, origin }) => spec.clusterIPs.filter((ip) => ip !== 'None').map((ip) => [ip, origin])),
  );
}

/** Why a ClusterSetIP Service gets no rules. */
function unfit(service: ClustersetService, holders: ReadonlyMap<string, Service['origin']>): Diagnostic | undefined {
  const { namespace, origin, ips, ports } = service;
  if (service.derived !== undefined) {
    const message = `${origin.object} has rules through Service ${namespace}/${service.derived}, which its controller made`;
    return { code: 'mcs-derived', severity: 'note', message, origin };
  }
  if (ips.length === 0) {
    const message = 'has no ClusterSetIP, so it has no rules';
    return { code: 'mcs-no-address', severity: 'warning', message, origin, hint: '--clusterset-cidr allocates one' };
  }
  const [taken] = ips.filter((ip) => holders.has(ip));
  const holder = taken === undefined ? undefined : holders.get(taken);
  if (holder) {
    const message = `has the ClusterSetIP ${taken}, and so has ${holder.object}`;
    const related = { message: 'it is taken here', origin: holder };
    return { code: 'cluster-ip-conflict', severity: 'error', message, origin, related };
  }
  if (ports.length > 0) return undefined;
  return {
    code: 'mcs-no-ports',
    severity: 'warning',
    message: 'has no ports, so it has no rules',
    origin,
  };
}

function shadowName({ namespace, name }: ClustersetService, taken: ReadonlySet<string>): string {
  const plain = `${name}${ENDING}`;
  if (plain.length <= MAX_LENGTH && !taken.has(`${namespace}/${plain}`)) return plain;
  for (let i = 0; ; i++) {
    const ending = `-${stableHash(`${name}/${i}`).toString(36)}${ENDING}`;
    const hashed = `${name.slice(0, MAX_LENGTH - ending.length)}${ending}`;
    if (!taken.has(`${namespace}/${hashed}`)) return hashed;
  }
}

/** Shadows are ClusterIP Services: exports of NodePort and LoadBalancer Services share no more than the address. */
function shadow(service: ClustersetService, name: string): Service {
  const { namespace, ips, allocated, ports, trafficDistribution } = service;
  return {
    metadata: {
      name,
      namespace,
      labels: { ...harmless(service.labels), [CLUSTERSET_SERVICE_LABEL]: service.name },
      annotations: harmless(service.annotations),
    },
    spec: {
      type: 'ClusterIP',
      clusterIPs: ips,
      ipFamilies: ips.map(ipFamilyOf),
      ports: ports.map((port) => ({ ...port, nodePort: 0, targetPort: port.port })),
      sessionAffinity: service.sessionAffinity,
      affinityTimeoutSeconds: service.affinityTimeoutSeconds,
      externalTrafficPolicy: 'Cluster',
      internalTrafficPolicy: service.internalTrafficPolicy,
      externalIPs: [],
      loadBalancerSourceRanges: [],
      healthCheckNodePort: 0,
      allocateLoadBalancerNodePorts: true,
      externalName: '',
      publishNotReadyAddresses: false,
      ...(trafficDistribution === undefined ? {} : { trafficDistribution }),
    },
    status: { loadBalancer: { ingress: [] } },
    ...(allocated.length > 0
      ? { allocated: { clusterIPs: allocated, nodePorts: [], healthCheckNodePort: false } }
      : {}),
    origin: service.origin,
  };
}

/** Without labels and annotations of Kubernetes itself, because some of them control proxies. */
function harmless(map: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(map).filter(([key]) => !/(^|\.)(kubernetes|k8s)\.io\//.test(key)));
}

function bound(slice: EndpointSlice, service: string): EndpointSlice {
  return {
    ...slice,
    metadata: { ...slice.metadata, labels: { ...slice.metadata.labels, [SERVICE_NAME_LABEL]: service } },
  };
}
