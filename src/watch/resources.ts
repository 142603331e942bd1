/**
 * Resources: the resources that are watched, and the paths of requests for them.
 */
export type WatchedKind = 'Service' | 'EndpointSlice' | 'Node' | OptionalKind;

/** Kinds that improve the rules; a server may not serve them, or refuse them to us. */
export type OptionalKind = 'ServiceCIDR';

export interface Resource<Kind extends string = WatchedKind> {
  readonly kind: Kind;
  readonly apiVersion: string;
  readonly path: string;
  /** Restricts the objects of lists and watches. */
  readonly selector: Readonly<Record<string, string>>;
  readonly optional?: true;
}

/** Neither Services of another proxy nor headless ones (kube-proxy's informers, cmd/kube-proxy). */
const labelSelector = '!service.kubernetes.io/service-proxy-name,!service.kubernetes.io/headless';

const OPTIONAL: Readonly<Record<OptionalKind, Resource>> = {
  ServiceCIDR: {
    kind: 'ServiceCIDR',
    apiVersion: 'networking.k8s.io/v1',
    path: '/apis/networking.k8s.io/v1/servicecidrs',
    selector: {},
    optional: true,
  },
};

/**
 * The resources that rules are compiled from: the Services, their endpoints, only the Node of this node, and what `also`
 * names.
 */
export function resourcesFor(nodeName: string, also: readonly OptionalKind[]): readonly Resource[] {
  return [
    { kind: 'Service', apiVersion: 'v1', path: '/api/v1/services', selector: { labelSelector } },
    {
      kind: 'EndpointSlice',
      apiVersion: 'discovery.k8s.io/v1',
      path: '/apis/discovery.k8s.io/v1/endpointslices',
      selector: { labelSelector },
    },
    { kind: 'Node', apiVersion: 'v1', path: '/api/v1/nodes', selector: { fieldSelector: `metadata.name=${nodeName}` } },
    ...also.map((kind) => OPTIONAL[kind]),
  ];
}

/** The path of a request, with the parameters that are not empty. */
export function pathOf({ path, selector }: Resource<string>, query: Readonly<Record<string, string>>): string {
  const given = Object.entries({ ...selector, ...query }).filter(([, value]) => value !== '');
  return `${path}?${new URLSearchParams(given)}`;
}
