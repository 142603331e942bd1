/**
 * The kinds that vipc reads: which validator turns an object of an apiVersion and kind into which list of the snapshot.
 */
import type { Origin } from '../diag.js';
import type { Check } from './check.js';
import { endpoints } from './kinds/endpoints.js';
import { endpointSlice } from './kinds/endpointslice.js';
import { node } from './kinds/node.js';
import { service } from './kinds/service.js';
import type { EndpointSlice, Endpoints, Node, Service } from './types.js';

/** An object that passed its validator. */
export type KnownObject =
  | { readonly kind: 'Service'; readonly object: Service }
  | { readonly kind: 'EndpointSlice'; readonly object: EndpointSlice }
  | { readonly kind: 'Endpoints'; readonly object: Endpoints }
  | { readonly kind: 'Node'; readonly object: Node };

export interface Kind {
  readonly apiVersion: string;
  readonly kind: KnownObject['kind'];
  readonly namespaced: boolean;
  /** The object of that kind at `origin`, or undefined after reporting what is wrong. */
  readonly read: (value: unknown, at: Parameters<Check<unknown>>[1], origin: Origin) => KnownObject | undefined;
}

export const KINDS: readonly Kind[] = [
  {
    apiVersion: 'v1',
    kind: 'Service',
    namespaced: true,
    read: (value, at, origin) => withOrigin(service(value, at), origin, (object) => ({ kind: 'Service', object })),
  },
  {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    namespaced: true,
    read: (value, at, origin) =>
      withOrigin(endpointSlice(value, at), origin, (object) => ({ kind: 'EndpointSlice', object })),
  },
  {
    apiVersion: 'v1',
    kind: 'Endpoints',
    namespaced: true,
    read: (value, at, origin) => withOrigin(endpoints(value, at), origin, (object) => ({ kind: 'Endpoints', object })),
  },
  {
    apiVersion: 'v1',
    kind: 'Node',
    namespaced: false,
    read: (value, at, origin) => withOrigin(node(value, at), origin, (object) => ({ kind: 'Node', object })),
  },
];

function withOrigin<T extends object>(
  value: T | undefined,
  origin: Origin,
  into: (object: T & { readonly origin: Origin }) => KnownObject,
): KnownObject | undefined {
  return value && into({ ...value, origin });
}
