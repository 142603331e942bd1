/**
 * explain, faults: ports of the Service, its slices and its Pods ("Is the Service defined correctly?").
 */
import { groupedBy } from '../../order.js';
import { type EndpointSlice, hasSelector, isHeadless, type Pod, type ServicePortSpec } from '../../read/types.js';
import { type About, count, finding, isAlive, servedFamilies, some } from '../about.js';
import type { Finding } from '../types.js';

/** Ports of the Service that no endpoint serves. */
export function portFaults(about: About): readonly Finding[] {
  const { service } = about;
  const { spec, origin } = service;
  if (spec.type === 'ExternalName') return [];
  if (spec.ports.length === 0 && !isHeadless({ spec }))
    return [finding('no-ports', 'nobody', 'it has no ports', 'add spec.ports', { ...origin, path: ['spec'] })];
  const all = spec.ports.flatMap((port, i) => {
    const slices = slicePorts(about, port, i);
    return slices.length > 0 ? slices : targetPort(about, port, i);
  });
  return all;
}

function effectOf({ service }: About): Finding['effect'] {
  return service.spec.ports.length > 1 ? 'some' : 'nobody';
}

function nameOf({ name, port, protocol }: ServicePortSpec): string {
  return name === '' ? `port ${port}/${protocol}` : `port ${name} (${port}/${protocol})`;
}

/**
 * kube-proxy matches a port of an EndpointSlice by name and protocol, family by family; slices that vipc made are not
 * checked.
 */
function slicePorts(about: About, port: ServicePortSpec, i: number): readonly Finding[] {
  const { slices, service } = about;
  const served = servedFamilies(service);
  const filled = slices.filter(
    ({ endpoints, synthetic, addressType }) =>
      endpoints.length > 0 && synthetic === undefined && served.has(addressType),
  );
  const families = [...groupedBy(filled, ({ addressType }) => addressType)].map(
    ([family, own]) => [family, ofSlices(about, port, i, own)] as const,
  );
  const lacking = families.filter(([, found]) => found.length > 0);
  if (lacking.length === families.length) return ofSlices(about, port, i, filled);
  return lacking.flatMap(([family, found]) =>
    found.map((each) => ({ ...each, effect: 'some' as const, message: `for ${family}, ${each.message}` })),
  );
}

function ofSlices(
  about: About,
  port: ServicePortSpec,
  i: number,
  filled: readonly EndpointSlice[],
): readonly Finding[] {
  const { service } = about;
  const ports = filled.flatMap((slice) => slice.ports);
  if (filled.length === 0) return [];
  const same = ports.filter(({ name, protocol }) => name === port.name && protocol === port.protocol);
  if (same.some((each) => each.port !== undefined)) return [];
  const at = { ...service.origin, path: ['spec', 'ports', i] };
  const slice = filled[0]?.metadata.name;
  if (same.length > 0) {
    const message = `${nameOf(port)} has no number in EndpointSlice ${slice}: targetPort ${port.targetPort} was not found in the pods`;
    return [finding('target-port-name', effectOf(about), message, 'name a port that the containers have', at)];
  }
  const [other] = ports.filter(({ name }) => name === port.name);
  if (other) {
    const message = `protocols differ: ${nameOf(port)} of the Service is ${port.protocol}, that of EndpointSlice ${slice} is ${other.protocol}`;
    return [
      finding(
        'protocol',
        effectOf(about),
        message,
        `set protocol: ${other.protocol} in spec.ports[${i}], or correct the slice`,
        at,
      ),
    ];
  }
  const names = some(ports.map(({ name }) => (name === '' ? '(no name)' : name)));
  const message = `port names differ: the Service calls its port ${port.name || '(no name)'}, EndpointSlice ${slice} has ${names || 'no port'}`;
  return [
    finding(
      'port-name',
      effectOf(about),
      message,
      'a slice must have the port under the name that the Service gives it',
      at,
    ),
  ];
}

/** Compares targetPort with the ports that containers of the selected Pods declare. */
function targetPort(about: About, port: ServicePortSpec, i: number): readonly Finding[] {
  const { service, selected } = about;
  const pods = selected.filter(isAlive);
  if (!hasSelector(service) || pods.length === 0) return [];
  const at = { ...service.origin, path: ['spec', 'ports', i, 'targetPort'] };
  const { targetPort, protocol } = port;
  const key = typeof targetPort === 'string' ? 'name' : 'port';
  const declared = pods.flatMap(({ spec }) => spec.ports);
  const matching = declared.filter((each) => each[key] === targetPort);
  const right = matching.filter((each) => each.protocol === protocol);
  if (right.length === 0 && matching.length > 0) {
    const [other] = matching;
    const message = `protocols differ: ${nameOf(port)} leads to ${targetPort}/${protocol}, the containers have ${targetPort}/${other?.protocol}`;
    return [
      finding(
        'protocol',
        effectOf(about),
        message,
        `set protocol: ${other?.protocol} in spec.ports[${i}], or correct the container`,
        at,
      ),
    ];
  }
  if (typeof targetPort === 'string') return named(about, port, targetPort, pods, at);
  // A container may listen on undeclared ports, but that is unlikely when it declares others.
  if (right.length > 0 || declared.length === 0) return [];
  const message = `no container of its pods declares targetPort ${targetPort}/${protocol} (they have ${some(declared.map(numberOf))}): connections are probably refused`;
  return [
    finding(
      'target-port-number',
      effectOf(about),
      message,
      'set targetPort to a port that the containers listen on',
      at,
    ),
  ];
}

function numberOf({ name, port, protocol }: Pod['spec']['ports'][number]): string {
  return name === '' ? `${port}/${protocol}` : `${name} ${port}/${protocol}`;
}

function named(
  about: About,
  port: ServicePortSpec,
  target: string,
  pods: readonly Pod[],
  at: Parameters<typeof finding>[4],
): readonly Finding[] {
  const numbers = pods.map((pod) => ({
    pod,
    number: pod.spec.ports.find(({ name, protocol }) => name === target && protocol === port.protocol)?.port,
  }));
  const lacking = numbers.filter(({ number }) => number === undefined);
  if (lacking.length === pods.length) {
    const declared = pods.flatMap(({ spec }) => spec.ports.map(numberOf));
    const has = declared.length === 0 ? 'they declare no ports' : `they have ${some(declared)}`;
    const message = `no pod that it selects has a port with the name ${target} (${has})`;
    return [
      finding(
        'target-port-name',
        effectOf(about),
        message,
        `set targetPort of ${nameOf(port)} to a name or number that the containers have`,
        at,
      ),
    ];
  }
  if (lacking.length > 0) {
    const names = some(lacking.map(({ pod }) => pod.metadata.name));
    const message = `${count(lacking.length, 'pod')} of ${pods.length} lack${lacking.length === 1 ? 's' : ''} a port with the name ${target} (${names}), so ${lacking.length === 1 ? 'it gets' : 'they get'} no connections`;
    return [
      finding('target-port-name', 'some', message, `give the containers a port with the name ${target}`, at, 'problem'),
    ];
  }
  const distinct = [...new Map(numbers.map(({ number, pod }) => [number, pod.metadata.name]))];
  if (distinct.length < 2) return [];
  const list = distinct.map(([number, pod]) => `${number} in ${pod}`).join(', ');
  const message = `the port name ${target} stands for different numbers: ${list}`;
  return [
    finding(
      'target-port-numbers',
      'none',
      message,
      'fine while a new version rolls out; else check that each pod listens there',
      at,
    ),
  ];
}
