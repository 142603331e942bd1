/**
 * explain: Snapshot × Service → the data that all checks use: its EndpointSlices, its selected Pods, its endpoints.
 */
import type { Diagnostic, Origin } from '../diag.js';
import { placeText } from '../read/locate.js';
import {
  type EndpointSlice,
  hasSelector,
  ipFamilyOf,
  isHeadless,
  keyOf,
  type Pod,
  type Service,
  type SliceEndpoint,
  type Snapshot,
  slicesByService,
} from '../read/types.js';
import type { Finding } from './types.js';

/** A Service and its related objects. */
export interface About {
  readonly snapshot: Snapshot;
  readonly service: Service;
  /** `default/web` */
  readonly key: string;
  readonly slices: readonly EndpointSlice[];
  /** Pods that its selector matches, also those that have ended or are not ready. */
  readonly selected: readonly Pod[];
  readonly endpoints: readonly Listed[];
  /** Diagnostics about the Service from reading and lint. */
  readonly said: readonly Diagnostic[];
}

/** An endpoint of an EndpointSlice. */
export interface Listed {
  readonly slice: EndpointSlice;
  readonly endpoint: SliceEndpoint;
  readonly address: string;
  /** Unset conditions mean ready, serving and not terminating, as in kube-proxy. */
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  /**
   * Ready, or serving while terminating: kube-proxy uses the latter only when no endpoint is ready (KEP-1669). DNS, which
   * is all of a headless Service, does not.
   */
  readonly usable: boolean;
  /** The Pod with this address, when it is in the snapshot. */
  readonly pod?: Pod;
}

export function aboutService(snapshot: Snapshot, service: Service, said: readonly Diagnostic[]): About {
  const key = keyOf(service);
  const slices = slicesByService(snapshot.slices).get(key) ?? [];
  const podOf = new Map(snapshot.pods.filter(isAlive).flatMap((pod) => pod.status.podIPs.map((ip) => [ip, pod])));
  const endpoints = slices.flatMap((slice) =>
    slice.endpoints.map((endpoint) => listed(service, slice, endpoint, podOf)),
  );
  const selected = hasSelector(service)
    ? snapshot.pods.filter(
        ({ metadata }) =>
          metadata.namespace === service.metadata.namespace && missing(service, metadata.labels).length === 0,
      )
    : [];
  return { snapshot, service, key, slices, selected, endpoints, said };
}

/** Selector labels that are absent from `labels` or have another value there. */
export function missing(
  { spec }: Service,
  labels: Readonly<Record<string, string>>,
): readonly (readonly [string, string])[] {
  return Object.entries(spec.selector ?? {}).filter(([key, value]) => labels[key] !== value);
}

/** Whether the Pod has not ended; the address of an ended Pod may belong to another Pod. */
export function isAlive({ status: { phase } }: Pod): boolean {
  return phase !== 'Succeeded' && phase !== 'Failed';
}

/** The families of the cluster IPs; both without any, where DNS or nothing leads to the endpoints. */
export function servedFamilies({ spec }: Service): ReadonlySet<string> {
  const ips = isHeadless({ spec }) ? [] : spec.clusterIPs;
  return new Set(ips.length > 0 ? ips.map(ipFamilyOf) : ['IPv4', 'IPv6']);
}

function listed(
  service: Service,
  slice: EndpointSlice,
  endpoint: SliceEndpoint,
  podOf: ReadonlyMap<string, Pod>,
): Listed {
  const { ready = true, serving = true, terminating = false } = endpoint.conditions;
  const address = endpoint.addresses[0] ?? '';
  const pod = podOf.get(address);
  const usable = ready || (serving && terminating && !isHeadless(service));
  return { slice, endpoint, address, ready, serving, terminating, usable, ...(pod && { pod }) };
}

/** A finding; `origin` is its position. Without an effect on clients it is a remark. */
export function finding(
  code: string,
  effect: Finding['effect'],
  message: string,
  fix: string,
  origin?: Origin,
  severity: Finding['severity'] = effect === 'none' ? 'remark' : 'problem',
): Finding {
  return { code, severity, effect, message, fix, ...(origin && { at: placeText(origin) }) };
}

/** `app=web,tier=front` */
export function labelText(labels: Readonly<Record<string, string>> = {}): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(',');
}

/** `1 pod`, `3 pods` */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

/** `a, b, c and 3 more`; duplicates are dropped. */
export function some(names: Iterable<string>, most = 3): string {
  const all = [...new Set(names)];
  return `${all.slice(0, most).join(', ')}${all.length > most ? ` and ${all.length - most} more` : ''}`;
}
