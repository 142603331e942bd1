/**
 * complete, part: Services with a selector × Pods → EndpointSlices, as the endpoint-slice controller makes them
 * (k8s.io/endpointslice, reconciler.go and utils.go).
 */
import type { Checked, Diagnostic } from '../diag.js';
import {
  type Conditions,
  type EndpointPort,
  type EndpointSlice,
  hasSelector,
  type IPFamily,
  isHeadless,
  keyOf,
  MANAGED_BY_LABEL,
  type Node,
  type Pod,
  SERVICE_NAME_LABEL,
  type Service,
  type SliceEndpoint,
  type Snapshot,
  serviceOf,
  ZONE_LABEL,
} from '../read/types.js';
import { type ClusterFamilies, familiesOf } from './families.js';
import { addHints } from './hints.js';
import { hasEnded } from './hooks.js';
import { indexPods } from './select.js';

/** The default of kube-controller-manager's --max-endpoints-per-slice. */
const MAX_ENDPOINTS = 100;

/** Twenty times a large cluster; a short manifest can have a thousand Services that each select a thousand Pods. */
const MAX_ENDPOINTS_IN_ALL = 2_000_000;

const CONTROLLER = 'endpointslice-controller.k8s.io';
const HEADLESS_LABEL = 'service.kubernetes.io/headless';

/** Labels that slices do not copy from their Service. */
const RESERVED = [SERVICE_NAME_LABEL, MANAGED_BY_LABEL, HEADLESS_LABEL];

/** The snapshot's slices, and slices made of its Pods for each Service with a selector that has none. */
export function withSelectedPods(snapshot: Snapshot, families: ClusterFamilies): Checked<readonly EndpointSlice[]> {
  const { services, slices, pods, nodes } = snapshot;
  const known = new Set(slices.map(serviceOf));
  const wanting = services.filter(
    (service) => hasSelector(service) && service.spec.type !== 'ExternalName' && !known.has(keyOf(service)),
  );
  // A snapshot without Pods does not say that there are no endpoints.
  if (wanting.length === 0 || pods.length === 0) return { value: slices, diagnostics: [] };
  const select = indexPods(pods);
  const nodesByName = new Map(nodes.map((node) => [node.metadata.name, node]));
  const diagnostics: Diagnostic[] = [];
  let room = MAX_ENDPOINTS_IN_ALL;
  const made = wanting.flatMap((service) => {
    const all = select(service.metadata.namespace, service.spec.selector ?? {});
    const selected = all.filter(isOfUse);
    const ended = all.filter(({ status }) => hasEnded(status));
    if (ended.length > 0) diagnostics.push(haveEnded(ended, service));
    const before = room;
    room -= selected.length;
    if (room < 0) {
      if (before >= 0) diagnostics.push(tooMany(service));
      return [];
    }
    const { value, diagnostics: found } = slicesFor(service, selected, nodesByName, families, nodes);
    diagnostics.push(...found);
    return value;
  });
  return { value: [...slices, ...made], diagnostics };
}

function slicesFor(
  service: Service,
  selected: readonly Pod[],
  nodesByName: ReadonlyMap<string, Node>,
  families: ClusterFamilies,
  nodes: readonly Node[],
): Checked<readonly EndpointSlice[]> {
  const placed = selected.filter((pod) => isPlaced(pod, service, nodesByName));
  const made: EndpointSlice[] = [];
  const why: string[] = [];
  for (const family of familiesOf(service, families)) {
    const { slices, reason } = addHints(service, pack(service, family, placed, nodesByName), nodes);
    made.push(...slices);
    if (reason !== undefined) why.push(`${family}: ${reason}`);
  }
  const lost = selected.filter((pod) => !isPlaced(pod, service, nodesByName));
  return { value: made, diagnostics: [explanation(service, made, why), ...onNoNode(lost, service)] };
}

function tooMany({ origin }: Service): Diagnostic {
  const message = `${origin.object} and those before it select more than ${MAX_ENDPOINTS_IN_ALL} endpoints in all`;
  const hint = 'many Services select the same Pods: is a selector too short?';
  const at = { ...origin, path: ['spec', 'selector'] };
  return { code: 'too-many-endpoints', severity: 'error', message, origin: at, hint };
}

/** A pod that has ended or has no address is not an endpoint (ShouldPodBeInEndpoints). */
function isOfUse({ status }: Pod): boolean {
  return !hasEnded(status) && status.podIPs.length > 0;
}

/** Whether the pod's Node exists; true in a snapshot without Nodes, which does not list them. */
function isPlaced({ spec }: Pod, service: Service, nodes: ReadonlyMap<string, Node>): boolean {
  return nodes.size === 0 || nodes.has(spec.nodeName ?? '') || service.spec.publishNotReadyAddresses;
}

/** Pods whose target ports have different numbers (named ports) are in different slices. */
function pack(
  service: Service,
  family: IPFamily,
  pods: readonly Pod[],
  nodes: ReadonlyMap<string, Node>,
): readonly EndpointSlice[] {
  const groups = new Map<string, { readonly ports: readonly EndpointPort[]; readonly endpoints: SliceEndpoint[] }>();
  for (const pod of pods) {
    const addresses = addressesOf(pod, family);
    if (addresses.length === 0) continue;
    const numbers = numbersOf(service, pod);
    const key = numbers.join();
    const group = groups.get(key) ?? { ports: portsWith(service, numbers), endpoints: [] };
    groups.set(key, group);
    group.endpoints.push(toEndpoint(pod, addresses, service, nodes.get(pod.spec.nodeName ?? '')));
  }
  // A Service without endpoints has one empty slice.
  const all = groups.size > 0 ? [...groups.values()] : [{ ports: [], endpoints: [] }];
  const chunks = all.flatMap(({ ports, endpoints }) => inChunks(endpoints).map((some) => ({ ports, endpoints: some })));
  return chunks.map((chunk, i) => toSlice(service, family, i + 1, chunk));
}

/** Avoids filter(), whose result would have room for more than the one address of most pods. */
function addressesOf({ status: { podIPs } }: Pod, family: IPFamily): readonly string[] {
  const isOfFamily = (ip: string) => ip.includes(':') === (family === 'IPv6');
  const [first = '', second = ''] = podIPs;
  if (podIPs.length > 2 || podIPs.every(isOfFamily)) return podIPs.filter(isOfFamily);
  return podIPs.some(isOfFamily) ? [isOfFamily(first) ? first : second] : [];
}

function inChunks(endpoints: readonly SliceEndpoint[]): readonly (readonly SliceEndpoint[])[] {
  const count = Math.max(1, Math.ceil(endpoints.length / MAX_ENDPOINTS));
  return Array.from({ length: count }, (_, i) => endpoints.slice(i * MAX_ENDPOINTS, (i + 1) * MAX_ENDPOINTS));
}

function toSlice(
  { metadata, spec, origin }: Service,
  addressType: IPFamily,
  number: number,
  { ports, endpoints }: Pick<EndpointSlice, 'ports' | 'endpoints'>,
): EndpointSlice {
  const labels = Object.fromEntries(Object.entries(metadata.labels).filter(([key]) => !RESERVED.includes(key)));
  const headless = isHeadless({ spec }) ? { [HEADLESS_LABEL]: '' } : {};
  return {
    metadata: {
      name: `${metadata.name}-synthetic-${addressType.toLowerCase()}-${number}`,
      namespace: metadata.namespace,
      labels: { ...labels, ...headless, [SERVICE_NAME_LABEL]: metadata.name, [MANAGED_BY_LABEL]: CONTROLLER },
      annotations: {},
    },
    addressType,
    endpoints,
    ports,
    synthetic: endpoints.some(({ simulated }) => simulated) ? 'simulated Pods' : 'Pods',
    origin,
  };
}

/** The target port of each Service port on a pod; undefined for a named port that the pod lacks (FindPort). */
function numbersOf({ spec }: Service, pod: Pod): readonly (number | undefined)[] {
  return spec.ports.map(({ protocol, targetPort }) =>
    typeof targetPort === 'number' ? targetPort : namedPort(pod, targetPort, protocol),
  );
}

function portsWith({ spec }: Service, numbers: readonly (number | undefined)[]): readonly EndpointPort[] {
  return spec.ports.flatMap(({ name, protocol }, i) => {
    const port = numbers[i];
    return port === undefined ? [] : [{ name, protocol, port }];
  });
}

function namedPort({ spec }: Pod, wanted: string, wantedProtocol: string): number | undefined {
  return spec.ports.find(({ name, protocol }) => name === wanted && protocol === wantedProtocol)?.port;
}

/** Assigns field by field for speed: a large cluster has 100,000 endpoints. */
function toEndpoint(pod: Pod, addresses: readonly string[], service: Service, node: Node | undefined): SliceEndpoint {
  const { metadata, spec, simulated } = pod;
  const zone = node?.metadata.labels[ZONE_LABEL];
  const endpoint: { -readonly [K in keyof SliceEndpoint]: SliceEndpoint[K] } = {
    addresses,
    conditions: conditionsOf(pod, service),
    pod: metadata.name,
  };
  if (spec.nodeName) endpoint.nodeName = spec.nodeName;
  if (zone) endpoint.zone = zone;
  if (spec.hostname && spec.subdomain === service.metadata.name) endpoint.hostname = spec.hostname;
  if (simulated !== undefined) endpoint.simulated = true;
  return endpoint;
}

/** publishNotReadyAddresses makes every pod ready; it does not change the serving condition. */
function conditionsOf({ status, terminating }: Pod, { spec }: Service): Conditions {
  const ready = spec.publishNotReadyAddresses || (status.ready && !terminating);
  return CONDITIONS[Number(ready) + 2 * Number(status.ready) + 4 * Number(terminating)] ?? {};
}

/** All combinations, shared by many endpoints. */
const CONDITIONS: readonly Conditions[] = [false, true].flatMap((terminating) =>
  [false, true].flatMap((serving) => [false, true].map((ready) => ({ ready, serving, terminating }))),
);

function explanation(service: Service, slices: readonly EndpointSlice[], why: readonly string[]): Diagnostic {
  const { origin, spec } = service;
  // A pod with addresses of both families is one endpoint here.
  const pods = new Map(slices.flatMap((slice) => slice.endpoints.map((endpoint) => [endpoint.pod, endpoint])));
  const endpoints = [...pods.values()];
  const ready = endpoints.filter(({ conditions }) => conditions.ready).length;
  const selector = Object.entries(spec.selector ?? {}).map(([key, value]) => `${key}=${value}`);
  const simulated = endpoints.filter((endpoint) => endpoint.simulated).length;
  const from = simulated === 0 ? 'Pods' : simulated === endpoints.length ? 'simulated Pods' : 'Pods, some simulated,';
  const count = `${endpoints.length} ${endpoints.length === 1 ? 'endpoint' : 'endpoints'} (synthetic, ${ready} ready)`;
  const message = [`${origin.object} has ${count}: ${from} with ${selector.join(',')}`, ...why].join('; ');
  return { code: 'synthetic-endpoints', severity: 'note', message, origin, synthetic: true };
}

function haveEnded(pods: readonly Pod[], { origin }: Service): Diagnostic {
  const [first, ...others] = pods;
  const who =
    others.length === 0 ? 'has ended and is no endpoint' : `and ${others.length} more have ended, no endpoints`;
  const message = `${first?.origin.object} ${who} of ${origin.object}`;
  const at = first && { origin: first.origin };
  return { code: 'pod-ended', severity: 'note', message, ...at, related: { message: 'selected here', origin } };
}

function onNoNode(pods: readonly Pod[], { origin }: Service): readonly Diagnostic[] {
  const [first, ...others] = pods;
  if (!first) return [];
  const nodes = [...new Set(pods.map(({ spec }) => spec.nodeName ?? ''))].sort();
  const known = nodes.filter((name) => name !== '');
  const why = [
    ...(known.length > 0 ? [`not in the snapshot (${known.join(', ')})`] : []),
    ...(known.length < nodes.length ? ['not said'] : []),
  ].join(' or ');
  const who = others.length === 0 ? 'is no endpoint' : `and ${others.length} more are no endpoints`;
  const message = `${first.origin.object} ${who} of ${origin.object}: the Node is ${why}`;
  const related = { message: 'selected here', origin };
  return [{ code: 'pod-without-node', severity: 'warning', message, origin: first.origin, related }];
}
