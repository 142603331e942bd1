/**
 * explain: endpoints that get no connections, and Pods that were probably meant as endpoints, each with the reason.
 */
import { hasSelector, ipFamilyOf, isHeadless, SERVICE_NAME_LABEL, type ServicePortSpec } from '../read/types.js';
import type { ServicePort } from '../resolve/types.js';
import { type About, isAlive, type Listed, labelText, missing, some } from './about.js';
import type { Served } from './on-nodes.js';
import { strays } from './strays.js';
import type { Unused } from './types.js';

/** Listed endpoints first, then those of mislabelled slices, selected Pods, and Pods that miss by one label. */
export function unusedOf(about: About, nodes: readonly Served[]): readonly Unused[] {
  const listed = about.endpoints.flatMap((each) => unusedListed(about, each, nodes));
  const known = new Set(about.endpoints.map(({ address }) => address));
  return [...listed, ...fromStrays(about, known), ...fromPods(about, known), ...unmatched(about, known)];
}

/** The reasons why an endpoint in the slices of the Service gets no connections: its state, family, port, or node. */
function unusedListed(about: About, each: Listed, nodes: readonly Served[]): readonly Unused[] {
  const { service } = about;
  const own = {
    address: each.address,
    pod: each.pod?.metadata.name ?? each.endpoint.pod ?? '',
    node: each.endpoint.nodeName ?? '',
  };
  const { clusterIPs, type, ports } = service.spec;
  const state = stateOf(about, each);
  if (state !== undefined) {
    // Policy Local takes a terminating endpoint on a node without a ready one (KEP-1669).
    const without = nodes.filter((node) => !ports.some((port) => reaches(node, each, port)));
    if (without.length === 0 && nodes.length > 0) return [];
    const from = state === DRAINING && nodes.length > 0 ? fromOf(about, without, nodes) : '';
    return [{ ...own, why: `${from}${state}` }];
  }
  const family = each.slice.addressType;
  if (type === 'ExternalName' || isHeadless(service) || clusterIPs.length === 0) return [];
  if (!clusterIPs.some((ip) => ip.includes(':') === (family === 'IPv6')))
    return [{ ...own, why: `${family}, which is no family of the Service` }];
  return ports.flatMap((port): readonly Unused[] => {
    const why = portReason(each, port);
    const of = ports.length > 1 ? { ...own, port: port.name } : own;
    if (why !== undefined) return [{ ...of, why }];
    if (nodes.length === 0) return [];
    if (!nodes.some((node) => portOn(node, each, port))) return [{ ...of, why: LEFT_OUT }];
    const without = nodes.filter((node) => !reaches(node, each, port));
    if (without.length === 0) return [];
    return [{ ...of, why: nodeReason(about, each, without, nodes) }];
  });
}

function stateOf({ endpoints }: About, { ready, serving, terminating, usable }: Listed): string | undefined {
  if (ready) return undefined;
  if (!terminating) return 'not ready';
  if (!serving) return 'terminating, and not serving any more';
  if (endpoints.some((each) => each.ready)) return DRAINING;
  return usable ? undefined : 'terminating, and DNS leads to ready ones only';
}

const DRAINING = 'terminating, while others are ready';

function portReason({ slice }: Listed, { name, protocol, targetPort }: ServicePortSpec): string | undefined {
  const named = slice.ports.filter((port) => port.name === name);
  const same = named.filter((port) => port.protocol === protocol);
  if (same.some(({ port }) => port !== undefined)) return undefined;
  if (same.length > 0 || slice.synthetic !== undefined)
    return `its pod has no ${protocol} port with the name ${targetPort}`;
  const called = name === '' ? 'port without a name' : `port ${name}`;
  if (named.length > 0)
    return `its slice has ${called} for ${some(named.map((port) => port.protocol))}, not ${protocol}`;
  return `its slice ${slice.metadata.name} has no ${called}`;
}

/** SCTP in userspace mode, a Service that is left to another proxy: findings and warnings say why. */
const LEFT_OUT = 'the rules leave this port out';

/** The ServicePort of the endpoint's family; undefined where the rules have none. */
function portOn({ families }: Served, { slice }: Listed, { name, protocol }: ServicePortSpec): ServicePort | undefined {
  const [its] = families.filter(({ context }) => context.family === slice.addressType.toLowerCase());
  return its?.ports.find((port) => port.name.port === name && port.name.protocol === protocol);
}

function reaches(node: Served, each: Listed, port: ServicePortSpec): boolean {
  return portOn(node, each, port)?.endpoints.reachable.some(({ ip }) => ip === each.address) ?? false;
}

/** The address, with the port's name where the reason is that of one port. */
export function unusedAddress({ address, port = '' }: Unused): string {
  return port === '' ? address : `${address} (${port})`;
}

/** `from node-a: `; nothing if it is so from all nodes of the cluster. */
function fromOf({ snapshot }: About, without: readonly Served[], all: readonly Served[]): string {
  if (without.length === all.length && all.length >= snapshot.nodes.length) return '';
  return `from ${some(without.map(({ node }) => node || 'a node without endpoints'))}: `;
}

function nodeReason(about: About, { endpoint }: Listed, without: readonly Served[], all: readonly Served[]): string {
  const { service } = about;
  const { hints, nodeName = '' } = endpoint;
  const from = fromOf(about, without, all);
  const forNodes = hints?.forNodes?.map(({ name }) => name) ?? [];
  const forZones = hints?.forZones?.map(({ name }) => name) ?? [];
  if (service.spec.internalTrafficPolicy === 'Local' && without.every(({ node }) => node !== nodeName))
    return `${from}policy Local, and it is on ${nodeName || 'no known node'}`;
  if (forNodes.length > 0) return `${from}its hint is node ${some(forNodes)}`;
  if (forZones.length > 0) return `${from}its hint is zone ${some(forZones)}`;
  return `${from}no traffic policy chooses it`;
}

function fromStrays(about: About, known: ReadonlySet<string>): readonly Unused[] {
  return strays(about).flatMap(({ metadata, endpoints }) =>
    endpoints
      .filter(({ addresses: [address = ''] }) => !known.has(address))
      .map(({ addresses: [address = ''], nodeName = '', pod = '' }) => {
        const label = metadata.labels[SERVICE_NAME_LABEL];
        const whose = label === undefined ? 'for no Service' : `for Service ${label}`;
        return { address, pod, node: nodeName, why: `its slice ${metadata.name} is labelled ${whose}` };
      }),
  );
}

/** Pods that the selector matches and no slice of the Service lists. */
function fromPods({ selected, service }: About, known: ReadonlySet<string>): readonly Unused[] {
  return selected
    .filter(({ status }) => !status.podIPs.some((ip) => known.has(ip)))
    .map((pod) => {
      const { status, spec, metadata } = pod;
      const [address = ''] = status.podIPs;
      const has = status.podIPs.map(ipFamilyOf);
      const ofFamily =
        service.spec.ipFamilies.length === 0 ||
        has.some((family) => service.spec.ipFamilies.includes(family as 'IPv4'));
      const why = !isAlive(pod)
        ? `the pod has ended (${status.phase})`
        : address === ''
          ? `the pod is ${status.phase || 'not running'}, without an address`
          : ofFamily
            ? 'no EndpointSlice of the Service has it'
            : `the pod has ${some(has)} addresses only`;
      return { address: address || '-', pod: metadata.name, node: spec.nodeName ?? '', why };
    });
}

/** The most Pods that miss the selector by one label on a page. */
const MOST_UNMATCHED = 10;

function unmatched({ snapshot, service, selected }: About, known: ReadonlySet<string>): readonly Unused[] {
  if (!hasSelector(service) || service.spec.type === 'ExternalName') return [];
  const size = Object.keys(service.spec.selector ?? {}).length;
  return snapshot.pods
    .filter((pod) => isAlive(pod) && pod.metadata.namespace === service.metadata.namespace && !selected.includes(pod))
    .filter(({ status }) => !status.podIPs.some((ip) => known.has(ip)))
    .flatMap((pod) => {
      const lacks = missing(service, pod.metadata.labels);
      const [[key = '', value = ''] = []] = lacks;
      const has = pod.metadata.labels[key];
      // Every other Pod misses a selector of one label: list those with the key, and only when no Pod matches.
      if (lacks.length !== 1 || (size === 1 && (has === undefined || selected.length > 0))) return [];
      const is = has === undefined ? `it has no label ${key}` : `it has ${labelText({ [key]: has })}`;
      const [ip] = pod.status.podIPs;
      return [
        {
          address: ip ?? '-',
          pod: pod.metadata.name,
          node: pod.spec.nodeName ?? '',
          why: `the selector wants ${key}=${value}, ${is}`,
        },
      ];
    })
    .slice(0, MOST_UNMATCHED);
}
