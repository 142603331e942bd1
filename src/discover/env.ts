/**
 * discover: Snapshot × namespace → the environment variables that kubelet gives a pod of the namespace (k/k
 * pkg/kubelet/envvars/envvars.go; kubelet_pods.go, getServiceEnvVarMap).
 */
import type { Checked, Diagnostic } from '../diag.js';
import { joinHostPort } from '../ip.js';
import { keyOf, type Service, type Snapshot } from '../read/types.js';

export interface EnvVar {
  readonly name: string;
  readonly value: string;
}

/** The variables of one Service. */
export interface ServiceEnv {
  /** `default/web` */
  readonly service: string;
  /** Its cluster IP is not in the input. */
  readonly synthetic?: true;
  readonly variables: readonly EnvVar[];
}

/** The Service that has variables in the pods of every namespace. */
const MASTER = 'default/kubernetes';

/**
 * The variables of each Service, Services sorted by name; in a container they have no order, since kubelet collects
 * them in a map. When two Services define one variable, kubelet's choice is random; here the later Service wins.
 */
export function environmentOf(snapshot: Snapshot, namespace: string): Checked<readonly ServiceEnv[]> {
  const services = servicesFor(snapshot.services, namespace);
  const owners = new Map<string, Service>();
  const made = services.map((service) => ({ service, variables: variablesOf(service) }));
  const diagnostics: Diagnostic[] = services.filter(({ metadata }) => /^\d/.test(metadata.name)).map(leadingDigit);
  const clashes = new Map<string, Clash>();
  for (const { service, variables } of made) {
    for (const { name } of variables) {
      const other = owners.get(name);
      owners.set(name, service);
      if (!other) continue;
      const pair = `${keyOf(other)} ${keyOf(service)}`;
      const names = [...(clashes.get(pair)?.names ?? []), name];
      clashes.set(pair, { names, other, service });
    }
  }
  const value = made.map(({ service, variables }) => ({
    service: keyOf(service),
    ...(isSynthetic(service) ? { synthetic: true as const } : {}),
    variables: variables.filter(({ name }) => owners.get(name) === service),
  }));
  return { value, diagnostics: [...diagnostics, ...[...clashes.values()].map(clash), ...withoutMaster(services)] };
}

/**
 * Services with a cluster IP in the namespace, and default/kubernetes unless the namespace has its own `kubernetes`.
 */
function servicesFor(all: readonly Service[], namespace: string): readonly Service[] {
  const usable = all.filter(({ spec }) => spec.type !== 'ExternalName' && hasAddress(spec.clusterIPs));
  const own = usable.filter(({ metadata }) => metadata.namespace === namespace);
  const masters = own.some(({ metadata }) => metadata.name === 'kubernetes')
    ? []
    : usable.filter((service) => keyOf(service) === MASTER);
  return [...own, ...masters].sort(({ metadata: a }, { metadata: b }) => (a.name < b.name ? -1 : 1));
}

function hasAddress([first = 'None']: readonly string[]): boolean {
  return first !== 'None';
}

function isSynthetic({ spec, allocated }: Service): boolean {
  return allocated?.clusterIPs.includes(spec.clusterIPs[0] ?? '') ?? false;
}

/** In kubelet's order: host, first port, named ports, then the variables of Docker's links. */
function variablesOf({ metadata, spec }: Service): readonly EnvVar[] {
  const [ip = ''] = spec.clusterIPs;
  const [first] = spec.ports;
  if (!first) return [];
  const prefix = serviceVariable(metadata.name);
  const named = spec.ports.filter(({ name }) => name !== '');
  const url = ({ protocol, port }: Pick<typeof first, 'protocol' | 'port'>) =>
    `${protocol.toLowerCase()}://${joinHostPort(ip, port)}`;
  return [
    { name: `${prefix}_SERVICE_HOST`, value: ip },
    { name: `${prefix}_SERVICE_PORT`, value: `${first.port}` },
    ...named.map(({ name, port }) => ({ name: `${prefix}_SERVICE_PORT_${variable(name)}`, value: `${port}` })),
    { name: `${prefix}_PORT`, value: url(first) },
    ...spec.ports.flatMap(({ protocol, port }) => {
      const link = `${prefix}_PORT_${port}_${protocol}`;
      return [
        { name: link, value: url({ protocol, port }) },
        { name: `${link}_PROTO`, value: protocol.toLowerCase() },
        { name: `${link}_PORT`, value: `${port}` },
        { name: `${link}_ADDR`, value: ip },
      ];
    }),
  ];
}

/** Shells refuse variables that begin with a digit; names of Services may begin with one since KEP-5311. */
function serviceVariable(name: string): string {
  return /^\d/.test(name) ? `_${variable(name)}` : variable(name);
}

function variable(name: string): string {
  return name.toUpperCase().replace(/[-.]/g, '_');
}

function leadingDigit({ metadata, origin }: Service): Diagnostic {
  const message = `its variables begin with _${variable(metadata.name)}, because its name begins with a digit (KEP-5311)`;
  return { code: 'env-leading-digit', severity: 'warning', message, origin };
}

interface Clash {
  readonly names: readonly string[];
  readonly other: Service;
  readonly service: Service;
}

/** As between Services `web` and `web-service`. */
function clash({ names, other, service }: Clash): Diagnostic {
  const [name = ''] = names;
  const more = names.length > 1 ? ` and ${names.length - 1} more` : '';
  return {
    code: 'env-clash',
    severity: 'warning',
    message: `${name}${more} is also a variable of Service ${keyOf(other)}; kubelet's pick is random, this is the one shown`,
    origin: service.origin,
    related: { message: 'the other Service', origin: other.origin },
    hint: 'use DNS, set enableServiceLinks: false on the pods, or rename one of them',
  };
}

function withoutMaster(services: readonly Service[]): readonly Diagnostic[] {
  if (services.some(({ metadata }) => metadata.name === 'kubernetes')) return [];
  const message = `every cluster has the Service ${MASTER}; it is not in the input, nor are its KUBERNETES_ variables shown`;
  return [{ code: 'env-without-kubernetes', severity: 'note', message }];
}
