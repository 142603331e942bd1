/**
 * explain, faults: EndpointSlices: their Service label, their address family, and the conditions of their endpoints.
 */
import { FAMILIES } from '../../ip.js';
import { hasSelector, isHeadless, SERVICE_NAME_LABEL } from '../../read/types.js';
import { type About, count, finding, some } from '../about.js';
import { strays } from '../strays.js';
import type { Finding } from '../types.js';

/** Mislabelled or missing slices, missing families, and endpoints that are not ready. */
export function sliceFaults(about: About): readonly Finding[] {
  if (about.service.spec.type === 'ExternalName') return [];
  return [...strayFaults(about), ...familyFaults(about), ...conditionFaults(about)];
}

function strayFaults(about: About): readonly Finding[] {
  const { service, endpoints } = about;
  if (endpoints.some(({ usable }) => usable)) return [];
  const stray = strays(about);
  const [first] = stray;
  if (first) {
    const label = first.metadata.labels[SERVICE_NAME_LABEL];
    const at = { ...first.origin, path: ['metadata', 'labels'] };
    const fix = `label the slice ${SERVICE_NAME_LABEL}: ${service.metadata.name}`;
    const what =
      label === undefined
        ? `has no label ${SERVICE_NAME_LABEL}, so it belongs to no Service`
        : `is labelled for ${isThere(about, label) ? `another Service, ${label}` : `${label}, which does not exist`}`;
    return [finding('slice-label', 'nobody', `EndpointSlice ${first.metadata.name} ${what}`, fix, at)];
  }
  if (hasSelector(service) || endpoints.length > 0) return [];
  const [empty] = about.slices;
  const message = empty
    ? `it has no selector, and no endpoint is in its EndpointSlices: ${some(about.slices.map(({ metadata }) => metadata.name))}`
    : 'it has no selector, and no EndpointSlice is labelled for it';
  const fix = empty
    ? `see why the controller of EndpointSlice ${empty.metadata.name} gives it no endpoint`
    : `give it a selector, or make an EndpointSlice with the label ${SERVICE_NAME_LABEL}: ${service.metadata.name}`;
  return [finding('no-endpoints', 'nobody', message, fix, service.origin)];
}

function isThere({ snapshot, service }: About, name: string): boolean {
  return snapshot.services.some(
    ({ metadata }) => metadata.name === name && metadata.namespace === service.metadata.namespace,
  );
}

function familyFaults({ service, slices }: About): readonly Finding[] {
  const { ipFamilies, clusterIPs } = service.spec;
  const filled = slices.filter(({ endpoints }) => endpoints.length > 0);
  const has = new Set(filled.map(({ addressType }) => addressType.toLowerCase()));
  if (filled.length === 0 || clusterIPs.length === 0 || isHeadless(service)) return [];
  const wanted = FAMILIES.filter((family) => clusterIPs.some((ip) => ip.includes(':') === (family === 'ipv6')));
  const lacking = wanted.filter((family) => !has.has(family)).map(shown);
  if (lacking.length === 0) return [];
  const types = some(filled.map(({ addressType }) => addressType));
  const message = `it is ${ipFamilies.join(' and ') || wanted.map(shown).join(' and ')}, its EndpointSlices are ${types} only`;
  const effect = lacking.length === wanted.length ? 'nobody' : 'some';
  const fix = `give it endpoints of ${lacking.join(' and ')}, or change spec.ipFamilies`;
  return [finding('family', effect, message, fix, { ...service.origin, path: ['spec', 'ipFamilies'] })];
}

function shown(family: string): string {
  return family === 'ipv4' ? 'IPv4' : 'IPv6';
}

function conditionFaults({ service, endpoints, selected }: About): readonly Finding[] {
  const { origin, spec } = service;
  const at = endpoints[0]?.slice.origin ?? origin;
  // selectorFaults reports the state of known Pods in more detail.
  const known = selected.length > 0;
  if (endpoints.length > 0 && !endpoints.some(({ usable }) => usable)) {
    if (known) return [];
    const gone = endpoints.filter(({ terminating }) => terminating).length;
    const state = gone === endpoints.length ? 'terminating' : 'not ready';
    const all = endpoints.length === 1 ? 'its only endpoint is' : `all ${endpoints.length} endpoints are`;
    const message = `${all} ${state}${gone > 0 && gone < endpoints.length ? ` (${gone} terminating)` : ''}`;
    const fix =
      gone === endpoints.length
        ? 'see what deletes the pods, and scale up'
        : 'see which readiness probe fails, and why: kubectl describe pod';
    return [finding(gone === endpoints.length ? 'terminating' : 'not-ready', 'nobody', message, fix, at)];
  }
  const ready = endpoints.filter((each) => each.ready);
  if (endpoints.length > 0 && ready.length === 0) {
    const left = endpoints.filter(({ usable }) => usable).length;
    const until = left === 1 ? 'terminating: it serves until it ends' : 'all terminating: they serve until they end';
    const message = `${count(left, 'endpoint')} left, ${until}, then nobody is served`;
    return [finding('terminating', 'some', message, 'see what deletes the pods, and scale up', at)];
  }
  const pretending = ready.filter(({ serving, pod }) => !serving || pod?.status.ready === false);
  if (spec.publishNotReadyAddresses && pretending.length > 0) {
    const message = `publishNotReadyAddresses sends clients to ${count(pretending.length, 'endpoint')} of ${ready.length} whose pod is not ready (${some(pretending.map(({ address }) => address))})`;
    const fix =
      'take publishNotReadyAddresses away, unless the pods find each other by this Service before they are ready';
    const effect = pretending.length === ready.length ? 'nobody' : 'some';
    return [
      finding('publish-not-ready', effect, message, fix, { ...origin, path: ['spec', 'publishNotReadyAddresses'] }),
    ];
  }
  return [];
}
