/**
 * A cluster to measure with: S Services of M endpoints each, as `kubectl get svc,endpointslices,nodes -A` prints it,
 * with the fields that an API server fills in. The same sizes always give the same text. IPv4; 1 Service in 10 has a
 * node port.
 */

export interface Size {
  readonly services: number;
  readonly endpoints: number;
}

/** The List as data. */
export function cluster({ services, endpoints }: Size): Json {
  const indices = Array.from({ length: services }, (_, i) => i);
  return {
    apiVersion: 'v1',
    items: [
      ...indices.map(service),
      ...indices.map((i) => endpointSlice(i, endpoints)),
      ...Array.from({ length: NODES }, (_, i) => node(i)),
    ],
    kind: 'List',
    metadata: { resourceVersion: '' },
  };
}

/** The same as in an application's repository: Deployments and Services, without anything that a cluster adds. */
export function manifests({ services, endpoints }: Size): Json {
  const items = Array.from({ length: services }, (_, i) => {
    const metadata = { name: `svc-${i}`, namespace: `team-${i % 50}` };
    const labels = { app: metadata.name };
    const container = { name: 'app', image: 'app', ports: [{ name: 'http', containerPort: 8080 }] };
    const template = { metadata: { labels }, spec: { containers: [container] } };
    const ports = [{ name: 'http', port: 80, targetPort: 'http' }];
    return [
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata,
        spec: { replicas: endpoints, selector: { matchLabels: labels }, template },
      },
      { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: labels, ports } },
    ];
  });
  return { apiVersion: 'v1', kind: 'List', items: items.flat() };
}

/** The node to compile for. */
export const NODE = 'node-0';

/** As the API serves it, or with an `indent` of 4 as `kubectl -o json` prints it. */
export function asJson(value: Json, indent = 0): string {
  return `${JSON.stringify(value, undefined, indent)}\n`;
}

/** As `kubectl -o yaml` writes it: lists at their key's own indent, strings quoted only where YAML would misread them. */
export function asYaml(value: Json): string {
  return `${yaml(value, '')}\n`;
}

export type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json };

const NODES = 100;
const ZONES = ['eu-1a', 'eu-1b', 'eu-1c'];
const CREATED = '2025-05-20T08:00:00Z';

/** The Service of number `i`. */
export function service(i: number): Json {
  const nodePort = i % 10 === 0;
  const ip = address(10, 96, i);
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: meta(i, `app-${i}`, { app: `app-${i}`, 'app.kubernetes.io/part-of': team(i) }),
    spec: {
      clusterIP: ip,
      clusterIPs: [ip],
      ...(nodePort ? { externalTrafficPolicy: 'Cluster' } : {}),
      internalTrafficPolicy: 'Cluster',
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      ports: [
        {
          name: 'http',
          ...(nodePort ? { nodePort: 30000 + i / 10 } : {}),
          port: 80,
          protocol: 'TCP',
          targetPort: 8080,
        },
      ],
      selector: { app: `app-${i}` },
      sessionAffinity: 'None',
      type: nodePort ? 'NodePort' : 'ClusterIP',
    },
    status: { loadBalancer: {} },
  };
}

/** The slice of the Service of number `i`. */
export function endpointSlice(i: number, endpoints: number): Json {
  const name = `app-${i}-${hex(i, 5)}`;
  return {
    addressType: 'IPv4',
    apiVersion: 'discovery.k8s.io/v1',
    endpoints: Array.from({ length: endpoints }, (_, j) => endpoint(i, i * endpoints + j)),
    kind: 'EndpointSlice',
    metadata: {
      annotations: { 'endpoints.kubernetes.io/last-change-trigger-time': CREATED },
      generateName: `app-${i}-`,
      generation: 3,
      ...meta(i, name, {
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        'kubernetes.io/service-name': `app-${i}`,
      }),
      ownerReferences: [
        {
          apiVersion: 'v1',
          blockOwnerDeletion: true,
          controller: true,
          kind: 'Service',
          name: `app-${i}`,
          uid: uid(i),
        },
      ],
    },
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
  };
}

function endpoint(i: number, n: number): Json {
  // 7919 is a prime: neighbours land on different nodes.
  const on = (n * 7919) % NODES;
  return {
    addresses: [address(10, 128, n)],
    conditions: { ready: true, serving: true, terminating: false },
    nodeName: `node-${on}`,
    targetRef: { kind: 'Pod', name: `app-${i}-${hex(n, 10)}`, namespace: team(i), uid: uid(n + 1e7) },
    zone: zone(on),
  };
}

/** The Node of number `i`. */
export function node(i: number): Json {
  const ip = address(192, 168, i + 1);
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      creationTimestamp: CREATED,
      labels: {
        'kubernetes.io/hostname': `node-${i}`,
        'kubernetes.io/os': 'linux',
        'topology.kubernetes.io/zone': zone(i),
      },
      name: `node-${i}`,
      resourceVersion: '1',
      uid: uid(i + 2e7),
    },
    spec: { podCIDR: `10.244.${i}.0/24`, podCIDRs: [`10.244.${i}.0/24`] },
    status: {
      addresses: [
        { address: ip, type: 'InternalIP' },
        { address: `node-${i}`, type: 'Hostname' },
      ],
    },
  };
}

function meta(i: number, name: string, labels: Record<string, string>) {
  return {
    creationTimestamp: CREATED,
    labels,
    name,
    namespace: team(i),
    resourceVersion: String(1000 + i),
    uid: uid(i),
  };
}

function team(i: number): string {
  return `team-${i % 40}`;
}

function zone(node: number): string {
  return ZONES[node % ZONES.length] ?? '';
}

function uid(n: number): string {
  return `${hex(n, 8)}-0000-4000-8000-${hex(n * 31, 12)}`;
}

function hex(n: number, width: number): string {
  return n.toString(16).padStart(width, '0');
}

/** The nth host of `a.b.0.0`, growing into b: no octet is ever 0 or 255. */
function address(a: number, b: number, n: number): string {
  return [a, b + Math.floor(n / (254 * 254)), 1 + (Math.floor(n / 254) % 254), 1 + (n % 254)].join('.');
}

/** Plain scalars that YAML reads as a string: not a number, a date, or a word of its own. */
function isPlain(text: string): boolean {
  return (
    (/^[A-Za-z0-9][\w./-]*$/.test(text) &&
      !/^(true|false|null|yes|no|on|off|[yn]|0[xo].*|[\d._]+(e.*)?|\d{4}-.*)$/i.test(text)) ||
    IPV4.test(text)
  );
}

const IPV4 = /^\d+\.\d+\.\d+\.\d+(\/\d+)?$/;

function yaml(value: Json, indent: string): string {
  if (typeof value === 'string') return isPlain(value) ? value : JSON.stringify(value);
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value))
    return value.map((item) => `${indent}- ${yaml(item, `${indent}  `).trimStart()}`).join('\n');
  const lines = Object.entries(value).map(([key, item]) => {
    if (typeof item !== 'object') return `${indent}${key}: ${yaml(item, '')}`;
    if (Object.keys(item).length === 0) return `${indent}${key}: ${Array.isArray(item) ? '[]' : '{}'}`;
    return `${indent}${key}:\n${yaml(item, Array.isArray(item) ? indent : `${indent}  `)}`;
  });
  return lines.join('\n');
}
